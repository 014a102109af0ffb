import type {
  AccountClient,
  AccountOpening,
  AccountPort,
} from "../../src/provider/account-port.ts";
import { Lanes } from "../../src/provider/lanes.ts";
import type {
  KindPort,
  ManagedSpec,
  RemoteKind,
  Resolved,
  Write,
} from "../../src/provider/port.ts";
import type { Faults } from "../../src/embedded/simulator/faults.ts";
import type { Ledger, LedgerEntry } from "../../src/embedded/simulator/ledger.ts";

/** One kind of one provider, and the simulator that it is put before: all that the contract's tests differ in. */
export interface ProviderUnderTest {
  /** Such as "an instance of HPC Park". */
  readonly what: string;
  readonly port: KindPort<ManagedSpec>;
  /** As the simulator's ledger names the requests of this kind. */
  readonly operations: Readonly<Record<"list" | "get" | "create" | "remove", string>>;
  /** Several can be there at the same time, each with a number of its own. */
  readonly specOf: (number: number) => ManagedSpec;
  /** The same as `specOf(1)` but for one thing that can be changed; undefined where nothing can. */
  readonly changed: ManagedSpec | undefined;
  /** A no as the provider documents it, in these words. */
  readonly refusal: (words: string) => { readonly status: number; readonly body: unknown };
  /** An id of the right form that nothing has. */
  readonly absentId: string;
  readonly simulate: () => Promise<Simulated>;
  readonly accountPort: (surroundings: Surroundings) => AccountPort;
}

/** A simulator on a real port. Time passes only by `settle`. */
export interface Simulated {
  readonly url: string;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** As the Secret of an account object has it. */
  readonly credential: string;
  /** Each form in which the credential, or a part of it that is secret, travels. */
  readonly secrets: readonly string[];
  readonly wallClock: () => Date;
  /** Whatever is on the way comes to its end. */
  settle(): void;
  /** How many things of the kind are there, whoever made them. */
  count(): number;
  /** The credential is taken back, and the same user gets another. */
  replaceCredential(): string;
  close(): Promise<void>;
}

export interface Surroundings {
  readonly guard: () => void;
  readonly timeoutMs: number;
  readonly wallClock: () => Date;
  readonly signal: AbortSignal;
}

/** A client before a simulator. */
export interface Bench extends AsyncDisposable {
  readonly simulated: Simulated;
  readonly client: AccountClient;
  readonly remote: RemoteKind;
  /** Makes what `specOf` says, and waits until it is at rest. */
  make(number?: number): Promise<string>;
  /** The requests that came in under a name. */
  sent(operation: string): readonly LedgerEntry[];
  /** Requests of any kind, so far. */
  readonly requests: number;
  /** Ends what the account does by itself. */
  end(): void;
}

export const MARKER = "k8s-aaaabbbbcccc";
export const RESOLVED: Resolved = { ids: new Map(), secrets: new Map(), resourceName: "thing" };
export const { signal } = new AbortController();
export const WRITE: Write = { signal, precondition: async () => undefined };
/** Long enough for loopback, short enough to be waited for. */
const TIMEOUT_MS = 250;

type Changes = Partial<AccountOpening & Pick<Surroundings, "guard">>;

export async function openBench(
  provider: ProviderUnderTest,
  changes: Changes = {},
): Promise<Bench> {
  const simulated = await provider.simulate();
  const ending = new AbortController();
  const lanes = new Lanes({
    requestsPerSecond: 10_000,
    concurrency: 8,
    patienceMs: Infinity,
    now: () => performance.now(),
    random: () => 0,
  });
  const { guard = () => undefined, ...opening } = changes;
  const surroundings = { guard, timeoutMs: TIMEOUT_MS, signal: ending.signal };
  const port = provider.accountPort({ ...surroundings, wallClock: simulated.wallClock });
  const client = port.open({
    url: simulated.url,
    token: async () => simulated.credential,
    lanes,
    signal: ending.signal,
    ...opening,
  });
  const remote = client.remotes().get(provider.port.kind);
  if (remote === undefined) throw new Error(`no ${provider.port.kind} in the account`);
  return {
    simulated,
    client,
    remote,
    async make(number = 1) {
      const { id } = await remote.create(bodyOf(provider, provider.specOf(number)), WRITE);
      simulated.settle();
      return id;
    },
    sent: (operation) => simulated.ledger.entries.filter((entry) => entry.operation === operation),
    get requests() {
      return simulated.ledger.entries.length;
    },
    end: () => ending.abort(),
    async [Symbol.asyncDispose]() {
      ending.abort();
      lanes.close();
      client.close();
      await simulated.close();
    },
  };
}

export function bodyOf(
  { port }: ProviderUnderTest,
  spec: ManagedSpec,
  label = `team/thing ${MARKER}`,
): unknown {
  return port.createBody(spec, label, RESOLVED);
}
