import type { RemoteThing } from "../../core/observation.ts";
import type { AccountClient, AccountFacts, AccountRemarks } from "../account-port.ts";
import { HttpClient, type HttpClientOptions } from "../http.ts";
import type { RemoteKind } from "../port.ts";
import { applicationKind } from "./application.ts";
import { AppliedBuilds } from "./applied-builds.ts";
import { readConsoleFacts } from "./console-facts.ts";
import { Dumps } from "./dumps.ts";
import { GroupTasks } from "./group-tasks.ts";
import { Offers } from "./offers.ts";
import { Panel } from "./panel.ts";
import { elementRefusal } from "./refusal.ts";
import { remoteApplications } from "./remote-applications.ts";
import type { ElementSignIn } from "./sign-in.ts";
import { Tasks } from "./tasks.ts";

export interface ConsoleOptions extends Omit<
  HttpClientOptions,
  "refusalIn" | "signIn" | "readOwner"
> {
  /** Shared by all consoles of a panel: one token serves all calls of a client. */
  readonly signIn: ElementSignIn;
  /** See `AccountOpening`. */
  readonly isForInspection?: true;
  /** Between tries to read what the panel offers, in milliseconds. */
  readonly afterFailureMs: number;
  /** It means something else for what is decided: all of it is to be decided upon anew. */
  readonly onConsequences: () => void;
  readonly signal: AbortSignal;
}

/** One control panel with one client's rights. */
export class ElementConsole implements AccountClient {
  readonly #http: HttpClient;
  readonly #panel: Panel;
  readonly #options: ConsoleOptions;
  readonly #offers: Offers;
  #remarks: AccountRemarks = { status: {} };

  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#http = new HttpClient({
      ...options,
      refusalIn: elementRefusal,
      // An inspection asks whose the client is by itself.
      ...(options.isForInspection === undefined
        ? { readOwner: async (ask) => ownerIn(await ask("/console/api/v2/me", "get user")) }
        : {}),
    });
    this.#panel = new Panel(this.#http);
    this.#offers = new Offers(this.#panel, options.afterFailureMs, options.onConsequences);
  }

  remotes(): ReadonlyMap<string, RemoteKind> {
    const remote = remoteApplications({
      panel: this.#panel,
      tasks: new Tasks(this.#panel, this.#options.signal),
      groups: new GroupTasks(this.#panel),
      dumps: new Dumps(this.#panel),
      builds: new AppliedBuilds(this.#panel),
      terms: () => this.#offers.terms,
      onList: (things) => {
        this.#remarks = { status: { applications: countOf(things) } };
      },
    });
    return new Map([[applicationKind.kind, remote]]);
  }

  get remarks(): AccountRemarks {
    return this.#remarks;
  }

  facts(signal: AbortSignal): Promise<AccountFacts> {
    const { signIn, token } = this.#options;
    return readConsoleFacts(this.#panel, async () => signIn.expiryOf(await token()), signal);
  }

  keepInformed(): Promise<void> {
    return this.#offers.run(this.#options.signal);
  }

  close(): void {
    this.#http.close();
  }
}

/** Rights belong to the user, so another client of the same user sees the same. */
function ownerIn(
  body: unknown,
): { readonly user: string; readonly seesEverything: true } | undefined {
  const { id }: { id?: unknown } = Object(body);
  return typeof id === "string" && id !== "" ? { user: id, seesEverything: true } : undefined;
}

function countOf(things: readonly RemoteThing[]): Record<string, unknown> {
  const counts = new Map<string, number>();
  for (const { state } of things) counts.set(state, (counts.get(state) ?? 0) + 1);
  const byStatus = [...counts].toSorted(([a], [b]) => a.localeCompare(b));
  return {
    total: things.length,
    byStatus: byStatus.map(([status, count]) => ({ status, count })),
  };
}
