import type { ResourceType } from "../../src/kube/kube-object.ts";
import type { Faults } from "../../src/embedded/simulator/faults.ts";
import type { Ledger } from "../../src/embedded/simulator/ledger.ts";
import { type Simulator, startSimulator } from "../../src/embedded/hpc-park/simulator.ts";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../src/embedded/element/simulator.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import { ELEMENT_READING, HPC_PARK_READING, type Reading } from "./invariants/reading.ts";
import { PACE, PANEL_WORK, WORK } from "./pace.ts";

export type Provider = "hpc-park" | "element";

/** The remote side of a world: a simulator, and how the operator gets to it. */
export interface Cloud {
  readonly reading: Reading;
  /** Kinds whose revisions are recorded. */
  readonly types: readonly ResourceType[];
  readonly url: string;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** What must be found nowhere: every secret there is. */
  readonly canaries: () => readonly string[];
  /** Labels of what lives. */
  readonly labels: () => readonly string[];
  /** Settings of an operator, and what of them is in the cluster. */
  readonly environment: (proxyUrl: string, tokenFile: string) => Readonly<Record<string, string>>;
  readonly prepare: (client: KubeClient, namespace: string, proxyUrl: string) => Promise<void>;
  /** What opens an account without any object. */
  readonly token: string;
  readonly close: () => Promise<void>;
}

const HPC_PARK = { group: "hpc-park.ru", version: "v1alpha1" };
export const INSTANCES: ResourceType = { ...HPC_PARK, plural: "hpcinstances", kind: "HpcInstance" };
export const STORAGES: ResourceType = { ...HPC_PARK, plural: "hpcstorages", kind: "HpcStorage" };

const ELEMENT = { group: "element.1c.ru", version: "v1alpha1" };
export const APPLICATIONS: ResourceType = {
  ...ELEMENT,
  plural: "elementapplications",
  kind: "ElementApplication",
};
const CONSOLES: ResourceType = { ...ELEMENT, plural: "elementconsoles", kind: "ElementConsole" };
const SECRETS: ResourceType = { group: "", version: "v1", plural: "secrets", kind: "Secret" };
export const CONSOLE = "panel";
const NEVER = new AbortController().signal;

/** What every id_token of the panel begins with: the header is always the same. */
const TOKEN_BEGINS = Buffer.from('{"alg":"RS512"').toString("base64url").slice(0, 18);

export async function hpcParkCloud(): Promise<Cloud & { readonly simulator: Simulator }> {
  const simulator = await startSimulator({ timings: WORK });
  const { url, ledger, faults, park, token } = simulator;
  return {
    simulator,
    reading: HPC_PARK_READING,
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
    prepare: () => Promise.resolve(),
    close: () => simulator.close(),
  };
}

export async function elementCloud(): Promise<Cloud & { readonly panel: ElementSimulator }> {
  const panel = await startElementSimulator({ timings: PANEL_WORK });
  const { url, ledger, faults, clientId, clientSecret } = panel;
  const opens = { "client-id": clientId, "client-secret": clientSecret };
  return {
    panel,
    reading: ELEMENT_READING,
    types: [APPLICATIONS, CONSOLES],
    url,
    ledger,
    faults,
    token: "",
    canaries: () => [clientSecret, TOKEN_BEGINS],
    labels: () => panel.panel.applications.all().map(({ description }) => description),
    environment: (proxyUrl) => ({
      PROVIDERS: "element",
      ELEMENT_ALLOWED_URLS: proxyUrl,
      ELEMENT_REQUESTS_PER_SECOND: "500",
    }),
    prepare: async (client, namespace, proxyUrl) => {
      const secret = { apiVersion: "v1", kind: "Secret", stringData: opens };
      const metadata = { name: CONSOLE, namespace };
      await client.create(SECRETS, namespace, { ...secret, metadata }, NEVER);
      const apiVersion = `${ELEMENT.group}/${ELEMENT.version}`;
      const pollInterval = `${Math.ceil(PACE.rest / 1000)}s`;
      const spec = { url: proxyUrl, clientSecretRef: { name: CONSOLE }, pollInterval };
      const console = { apiVersion, kind: CONSOLES.kind, metadata, spec };
      await client.create(CONSOLES, namespace, console, NEVER);
    },
    close: () => panel.close(),
  };
}
