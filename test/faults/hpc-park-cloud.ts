import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import type { ResourceType } from "../../src/kube/kube-object.ts";
import type { Cloud } from "./cloud.ts";
import { HPC_PARK_READING } from "./invariants/reading.ts";
import { WORK } from "./pace.ts";
import {
  type AnswersOfSubject,
  type CredentialOfSubject,
  fieldsOf,
  type Size,
  type Subject,
} from "./subject.ts";

const GROUP = { group: "hpc-park.ru", version: "v1alpha1" };
export const INSTANCES: ResourceType = { ...GROUP, plural: "hpcinstances", kind: "HpcInstance" };
export const STORAGES: ResourceType = { ...GROUP, plural: "hpcstorages", kind: "HpcStorage" };

const INSTANCE = { containerType: "pytorch", gpuType: "A100", gpuCount: 1, tariffType: "hourly" };

export async function hpcParkCloud(): Promise<Cloud & { readonly simulator: Simulator }> {
  const simulator = await startSimulator({ timings: WORK });
  const { url, ledger, faults, park, token } = simulator;
  return {
    simulator,
    reading: HPC_PARK_READING,
    subject: instancesOf(simulator),
    credential: tokenOf(simulator),
    types: [INSTANCES, STORAGES],
    url,
    ledger,
    faults,
    token,
    canaries: () => [...park.tokens.all().map(({ value }) => value), token],
    labels: () => [...park.instances.all(), ...park.storages.all()].map(({ label }) => label),
    environment: (proxyUrl, tokenFile) => ({
      PROVIDERS: "hpc-park",
      HPC_PARK_URL: proxyUrl,
      HPC_PARK_TOKEN_FILE: tokenFile,
      HPC_PARK_REQUESTS_PER_SECOND: "500",
    }),
    byGate: (gateUrl) => ({ HPC_PARK_URL: gateUrl }),
    prepare: () => Promise.resolve(),
    close: () => simulator.close(),
  };
}

function instancesOf(simulator: Simulator): Subject {
  const { park } = simulator;
  const kind = "instance";
  const perform = (action: Parameters<Simulator["perform"]>[0]): void =>
    void simulator.perform(action);
  return {
    type: INSTANCES,
    collections: [INSTANCES, STORAGES],
    specOf: () => INSTANCE,
    adopting: (id) => ({ ...INSTANCE, adopt: { id } }),
    refused: () => ({ ...INSTANCE, gpuType: "none-such" }),
    sized: (size) => ({ gpuCount: size }),
    power: { on: { power: "On" }, off: { power: "Off" } },
    isShown: ({ gpuCount, state }, { size = gpuCount, isOn = state === "on" }) =>
      gpuCount === size && state === (isOn ? "on" : "off"),
    operations: { create: "createInstance", list: "listInstances" },
    things: () =>
      park.instances.all().map(({ id, label, gpuCount, life }) => ({
        id,
        label,
        size: gpuCount,
        isOn: life.settled === "on",
      })),
    panel: {
      make: (label) =>
        Number(simulator.perform({ action: "create-instance", label, token: "ordinary" }).id),
      remove: (id) => perform({ action: "delete", kind, id: Number(id) }),
      relabel: (id, label) => perform({ action: "set-label", kind, id: Number(id), label }),
      resize: (id, size: Size) =>
        perform({ action: "change-resources", id: Number(id), gpu_count: size }),
      switchOff: (id) => perform({ action: "set-power", id: Number(id), power: "off" }),
      setState: (id, state) => perform({ action: "set-state", kind, id: Number(id), state }),
    },
    answers: ANSWERS,
    records: {
      nobody: 987_654,
      ofOtherType: "x-1",
      elsewhere: { state: "off", gpuCount: 99, observedGeneration: 0 },
      label: "label",
    },
  };
}

const ANSWERS: AnswersOfSubject = {
  slowDown: { detail: "slow down" },
  essential: new Set(["id", "label", "state"]),
  state: "state",
  isList: (path) => /\/(instance|storage)\/?$/.test(path.split("?")[0] ?? ""),
  idIn: (path) => /\/instance\/(\d+)$/.exec(path)?.[1],
  cardsOf: (ids) => `/instance/(${ids.join("|")})$`,
  changed: (body, change) => {
    const answer: object | object[] = JSON.parse(body);
    const changed = change((Array.isArray(answer) ? answer : [answer]).map(fieldsOf));
    return JSON.stringify(Array.isArray(answer) ? changed : changed[0]);
  },
  impossible: { id: 2 ** 53, label: "large", state: "running" },
  noList: '{"items":[]}',
  withoutId: (body) => body.replace(/"id":\d+/, '"id":9007199254740993'),
};

function tokenOf(simulator: Simulator): CredentialOfSubject {
  return {
    // The operator reads its token file once a second.
    seenMs: 1_300,
    replace: async (world) => {
      const made = simulator.perform({ action: "add-token", name: "fresh", master: true });
      await world.setToken(String(made.token));
      simulator.perform({ action: "revoke-token", name: "ordinary" });
    },
    takeAway: (world) => world.setToken(""),
    putBack: (world) => world.setToken(simulator.token),
    useAnother: async (world) => {
      const other = simulator.perform({ action: "add-token", name: "other" });
      await world.setToken(String(other.token));
    },
  };
}
