import type { Faults } from "../../src/embedded/simulator/faults.ts";
import type { Ledger } from "../../src/embedded/simulator/ledger.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import type { ResourceType } from "../../src/kube/kube-object.ts";
import type { Reading } from "./invariants/reading.ts";
import type { CredentialOfSubject, Subject } from "./subject.ts";

export type Provider = "hpc-park" | "element";

/** The remote side of a world: a simulator, and how the operator gets to it. */
export interface Cloud {
  readonly reading: Reading;
  readonly subject: Subject;
  readonly credential: CredentialOfSubject;
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
  /** Settings of one operator among several that gets to the proxy by a gate of its own. */
  readonly byGate: (gateUrl: string, proxyUrl: string) => Readonly<Record<string, string>>;
  readonly prepare: (client: KubeClient, namespace: string, proxyUrl: string) => Promise<void>;
  /** What opens an account without any object. */
  readonly token: string;
  readonly close: () => Promise<void>;
}
