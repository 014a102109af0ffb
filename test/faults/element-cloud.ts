import { randomUUID } from "node:crypto";
import { SEED } from "../../src/embedded/element/seed.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../src/embedded/element/simulator.ts";
import type { ResourceType } from "../../src/kube/kube-object.ts";
import type { Cloud } from "./cloud.ts";
import { detour } from "./detour.ts";
import { ELEMENT_READING } from "./invariants/reading.ts";
import { PACE, PANEL_WORK } from "./pace.ts";
import {
  type AnswersOfSubject,
  type CredentialOfSubject,
  fieldsOf,
  type Size,
  type Subject,
} from "./subject.ts";
import type { World } from "./world.ts";

const GROUP = { group: "element.1c.ru", version: "v1alpha1" };
export const APPLICATIONS: ResourceType = {
  ...GROUP,
  plural: "elementapplications",
  kind: "ElementApplication",
};
const CONSOLES: ResourceType = { ...GROUP, plural: "elementconsoles", kind: "ElementConsole" };
const SECRETS: ResourceType = { group: "", version: "v1", plural: "secrets", kind: "Secret" };
export const CONSOLE = "panel";
const NEVER = new AbortController().signal;

/** What every id_token of the panel begins with: the header is always the same. */
const TOKEN_BEGINS = Buffer.from('{"alg":"RS512"').toString("base64url").slice(0, 18);
const { shop: projectId } = SEED.projects;
/** Builds that compile. */
const VERSIONS: Readonly<Record<Size, string>> = {
  1: "1.0-9",
  2: "1.0-10",
  3: "1.0-42",
  4: "1.0-44",
};

type Opens = Readonly<Record<"client-id" | "client-secret", string>>;

export async function elementCloud(): Promise<Cloud & { readonly panel: ElementSimulator }> {
  const panel = await startElementSimulator({ timings: PANEL_WORK });
  panel.perform({ action: "add-assembly", project: projectId, version: VERSIONS[4] });
  const { url, ledger, faults, clientId, clientSecret } = panel;
  const opens = { "client-id": clientId, "client-secret": clientSecret };
  return {
    panel,
    reading: ELEMENT_READING,
    subject: applicationsOf(panel),
    credential: clientOf(panel, opens),
    types: [APPLICATIONS, CONSOLES],
    url,
    ledger,
    faults,
    token: "",
    canaries: () => [
      ...panel.panel.clients.all().map((client) => client.clientSecret),
      clientSecret,
      TOKEN_BEGINS,
    ],
    labels: () => panel.panel.applications.all().map(({ description }) => description),
    environment: (proxyUrl) => ({
      PROVIDERS: "element",
      ELEMENT_ALLOWED_URLS: proxyUrl,
      ELEMENT_REQUESTS_PER_SECOND: "500",
    }),
    // All have the one address that the ElementConsole says.
    byGate: (gateUrl, proxyUrl) => detour(proxyUrl, gateUrl),
    prepare: async (client, namespace, proxyUrl) => {
      const secret = { apiVersion: "v1", kind: "Secret", stringData: opens };
      const metadata = { name: CONSOLE, namespace };
      await client.create(SECRETS, namespace, { ...secret, metadata }, NEVER);
      const apiVersion = `${GROUP.group}/${GROUP.version}`;
      const pollInterval = `${Math.ceil(PACE.rest / 1000)}s`;
      const spec = { url: proxyUrl, clientSecretRef: { name: CONSOLE }, pollInterval };
      const console = { apiVersion, kind: CONSOLES.kind, metadata, spec };
      await client.create(CONSOLES, namespace, console, NEVER);
    },
    close: () => panel.close(),
  };
}

function applicationsOf(simulator: ElementSimulator): Subject {
  const { applications, catalogue } = simulator.panel;
  const perform = (action: Parameters<ElementSimulator["perform"]>[0]): void =>
    void simulator.perform(action);
  const specOf = (name: string): Readonly<Record<string, unknown>> => ({
    consoleRef: { name: CONSOLE },
    publicationContext: name,
    recreatePolicy: "Always",
    ...sized(1),
  });
  return {
    type: APPLICATIONS,
    collections: [APPLICATIONS],
    specOf,
    adopting: (id) => ({ consoleRef: { name: CONSOLE }, adopt: { id } }),
    refused: (name) => ({ ...specOf(name), spaceId: "nowhere" }),
    sized,
    power: { on: { power: "Running" }, off: { power: "Stopped" } },
    isShown: ({ appliedVersion, status }, { size, isOn = status === "Running" }) =>
      (size === undefined || appliedVersion === VERSIONS[size]) &&
      status === (isOn ? "Running" : "Stopped"),
    operations: { create: "createApplication", list: "listApplications" },
    things: () =>
      applications.all().map(({ id, description, build, rest }) => ({
        id,
        label: description,
        size: Number(Object.entries(VERSIONS).find(([, one]) => one === build?.version)?.[0] ?? 0),
        isOn: rest === "Running",
      })),
    panel: {
      make: (description) => {
        const context = `panel-${randomUUID()}`;
        return String(simulator.perform({ action: "create-application", context, description }).id);
      },
      remove: (id) => perform({ action: "delete-application", application: String(id) }),
      relabel: (id, description) =>
        perform({ action: "edit-description", application: String(id), description }),
      resize: (id, size) => {
        const build = [...catalogue.assemblies.values()].find(
          (one) => one.projectId === projectId && one.version === VERSIONS[size],
        );
        const assembly = build?.id ?? "";
        perform({ action: "update-application", application: String(id), assembly });
      },
      switchOff: (id) => perform({ action: "stop-application", application: String(id) }),
      setState: (id, status) => perform({ action: "set-status", application: String(id), status }),
    },
    answers: ANSWERS,
    records: {
      nobody: "5b000000-0000-4000-8000-0000000000ff",
      ofOtherType: 7,
      elsewhere: { status: "Stopped", appliedVersion: "9.9-9", observedGeneration: 0 },
      label: "description",
    },
  };
}

function sized(size: Size): { readonly source: object } {
  return { source: { projectId, assemblyVersion: VERSIONS[size] } };
}

const ANSWERS: AnswersOfSubject = {
  slowDown: { code: 8, status: "RESOURCE_EXHAUSTED", message: "слишком часто" },
  essential: new Set(["id", "description", "status"]),
  state: "status",
  isList: (path) => path.split("?")[0]?.endsWith("/applications") === true,
  idIn: (path) => /\/applications\/([^/?]+)$/.exec(path)?.[1],
  cardsOf: (ids) => `/applications/(${ids.join("|")})$`,
  changed: (body, change) => {
    const answer: { content?: readonly object[]; totalElements?: number } = JSON.parse(body);
    const { content, totalElements = 0 } = answer;
    if (content === undefined) return JSON.stringify(change([fieldsOf(answer)])[0]);
    const things = change(content.map(fieldsOf));
    const total = totalElements + things.length - content.length;
    return JSON.stringify({ ...answer, content: things, totalElements: total });
  },
  impossible: { id: "../me", description: "large", status: "Running" },
  noList: "[]",
  withoutId: (body) => JSON.stringify({ ...JSON.parse(body), id: "a/b" }),
};

function clientOf(panel: ElementSimulator, opens: Opens): CredentialOfSubject {
  const write = (world: World, stringData: Opens): Promise<void> =>
    world.patch(SECRETS, CONSOLE, { stringData });
  const opensOf = ({ clientId = "", clientSecret = "" }): Opens => ({
    "client-id": clientId,
    "client-secret": clientSecret,
  });
  return {
    // The Secret is read as often as the ElementConsole says.
    seenMs: 1_300,
    replace: async (world) => {
      const second = panel.perform({ action: "add-client", name: "second", user: "main" });
      await write(world, opensOf(second));
      panel.perform({ action: "revoke-client", client: "main" });
    },
    takeAway: (world) => write(world, opensOf({})),
    putBack: (world) => write(world, opens),
    useAnother: async (world) => {
      const other = panel.perform({ action: "add-client", name: "other", spaces: [] });
      await write(world, opensOf(other));
    },
  };
}
