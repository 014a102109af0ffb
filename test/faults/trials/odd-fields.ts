import { SEED } from "../../../src/embedded/element/seed.ts";
import type { Provider } from "../cloud.ts";

export interface Field {
  readonly name: string;
  /** Of the one before; the value that is right, and that everything returns to. */
  readonly right: unknown;
  /** What puts it back; left out: the value itself. A patch leaves in an object what it does not name. */
  readonly back?: unknown;
  /** Another right one, to flip to before the operator sees it. */
  readonly other: unknown;
  /** Values that are wrong, at the border, or may not be taken up later; null takes the field away. */
  readonly odd: readonly unknown[];
}

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPmC you@host";
const LONG = "x".repeat(65_536);
const TEXTS = [null, "", " ", "ы😀́", "a\nb", LONG, 7];

/** What every kind has. */
const POLICIES: readonly Field[] = [
  { name: "deletionPolicy", right: "Delete", other: "Retain", odd: [null, "", "delete", LONG] },
  { name: "managementPolicy", right: "Full", other: "ObserveOnly", odd: [null, "", "full", LONG] },
  { name: "recreatePolicy", right: "Always", other: "Never", odd: [null, "", "always", LONG] },
];

const OF_INSTANCES: readonly Field[] = [
  {
    name: "label",
    right: undefined,
    other: "yours",
    odd: [...TEXTS, "y".repeat(180), "k8s-aaaaaaaaaaaa"],
  },
  { name: "containerType", right: "pytorch", other: "tensorflow", odd: TEXTS },
  { name: "gpuType", right: "A100", other: "H100", odd: TEXTS },
  { name: "gpuCount", right: 1, other: 2, odd: [null, -1, 0, 1024, 1025, 1.5, 2 ** 53, "1"] },
  { name: "tariffType", right: "hourly", other: "monthly", odd: TEXTS },
  { name: "namespaceId", right: undefined, other: 1, odd: [0, 1, -1, 2 ** 53, "1"] },
  { name: "storageIds", right: [], other: [7], odd: [null, [0], [-1], [9_999], [7, 7], "7"] },
  {
    name: "storageRefs",
    right: [],
    other: [{ name: "none" }],
    odd: [null, [{ name: "none" }], [{ name: "Ы" }], [{ name: "../one" }], [{ name: LONG }], [{}]],
  },
  {
    name: "ssh",
    right: undefined,
    other: { enabled: true, key: KEY },
    odd: [
      { enabled: true },
      { enabled: true, key: LONG },
      { enabled: "yes" },
      { enabled: true, key: "ы" },
    ],
  },
  { name: "power", right: "On", other: "Off", odd: [null, "", "on", true, LONG] },
  {
    name: "adopt",
    right: undefined,
    other: { id: 9_999 },
    odd: [{ id: 0 }, { id: 9_999 }, { id: 2 ** 53 }, {}],
  },
];

const { shop: projectId } = SEED.projects;
const { staff } = SEED.userLists;
const NOBODY = "5b000000-0000-4000-8000-0000000000ff";
const FLAGS = [null, "true", 1, "", LONG];

const OF_APPLICATIONS: readonly Field[] = [
  {
    name: "consoleRef",
    right: { name: "panel" },
    other: { name: "none" },
    odd: [null, {}, { name: "none" }, { name: "Ы" }, { name: "../one" }, { name: LONG }],
  },
  { name: "displayName", right: undefined, other: "yours", odd: TEXTS },
  {
    name: "publicationContext",
    right: "one",
    other: "yours",
    odd: [...TEXTS, "/leading", "a b", "../up", "a/../b"],
  },
  {
    name: "description",
    right: undefined,
    other: "yours",
    odd: [...TEXTS, "y".repeat(800), "k8s-aaaaaaaaaaaa"],
  },
  {
    name: "source",
    right: { projectId, assemblyVersion: "1.0-9" },
    back: { projectId, assemblyVersion: "1.0-9", projectVersionId: null },
    other: { projectId, assemblyVersion: "1.0-10" },
    odd: [
      null,
      {},
      { projectId },
      { projectId: "../me" },
      { projectId, projectVersionId: NOBODY },
      { projectId, assemblyVersion: "9.9-9" },
      { projectId: NOBODY, assemblyVersion: "1.0-9" },
      { assemblyVersion: "1.0-9" },
      { projectVersionId: NOBODY },
    ],
  },
  {
    name: "spaceId",
    right: undefined,
    other: SEED.spaces.production,
    odd: [...TEXTS, NOBODY, "../me"],
  },
  { name: "technologyVersion", right: undefined, other: "9.2.3", odd: [...TEXTS, "1.0"] },
  { name: "developmentMode", right: undefined, other: true, odd: FLAGS },
  { name: "defaultUserList", right: undefined, other: staff, odd: [...TEXTS, NOBODY] },
  {
    name: "userLists",
    right: undefined,
    other: [staff],
    odd: [null, "x", [7], [""], [NOBODY], [staff, staff], ["../me"], [LONG]],
  },
  { name: "domainName", right: undefined, other: "shop.example", odd: TEXTS },
  { name: "autostartingScheduledJobs", right: undefined, other: false, odd: FLAGS },
  { name: "autostartingEsb", right: undefined, other: false, odd: FLAGS },
  { name: "defaultTimeZone", right: undefined, other: "Europe/Moscow", odd: TEXTS },
  { name: "defaultLocale", right: undefined, other: "ru", odd: TEXTS },
  { name: "dbmsType", right: undefined, other: "File", odd: [...TEXTS, "file", "MSSQL"] },
  { name: "power", right: "Running", other: "Stopped", odd: [null, "", "running", true, LONG] },
  { name: "backupBeforeUpdate", right: false, other: true, odd: FLAGS },
  {
    name: "adopt",
    right: undefined,
    other: { id: NOBODY },
    odd: [{ id: "" }, { id: NOBODY }, { id: 7 }, { id: "../me" }, {}],
  },
];

export const FIELDS: Readonly<Record<Provider, readonly Field[]>> = {
  "hpc-park": [...OF_INSTANCES, ...POLICIES],
  element: [...OF_APPLICATIONS, ...POLICIES],
};
