import { isDeepStrictEqual } from "node:util";
import { type AccountName, nameOfAccount, type Place, wordOfPlace } from "../core/account-name.ts";
import type { MetadataKeys } from "../api/metadata.ts";
import type { Obstacle } from "../core/situation.ts";
import type { KubeClient } from "../kube/client.ts";
import { keyOf } from "../kube/kube-object.ts";
import type { AccountFacts, AccountPort } from "../provider/account-port.ts";
import type { Session, TokenHolder } from "../provider/session.ts";
import type { Sessions } from "../provider/sessions.ts";
import type { AccountObject } from "./account-object.ts";
import { type Offered, offeredTokens } from "./account-tokens.ts";
import { readCopy } from "./token-copy.ts";
import { proveToken } from "./prove-token.ts";

export interface HolderDependencies {
  readonly port: AccountPort;
  readonly sessions: Sessions;
  readonly client: KubeClient;
  readonly keys: MetadataKeys;
  /** Where accounts are that say no URL; undefined where all say one. */
  readonly ownUrl?: string;
  /** All that are allowed, the operator's own among them. */
  readonly allowedUrls: readonly string[];
  readonly signal: AbortSignal;
  /** Something is otherwise than before; the account object wants to say so, and those who use it to be told. */
  readonly onChange: (key: string) => void;
}

/** What is wrong with tokens that were not used. */
interface Findings {
  problem: Obstacle | undefined;
  distrust: string | undefined;
}

/** One account object at work: the token that is in use, whose it is, and the session that it opens. */
export class AccountHolder implements TokenHolder {
  readonly uid: string;
  readonly what: string;
  object: AccountObject;
  /** Proven to be of the user that the account stands for. It goes on until another one is proven, or it is refused. */
  token: string | undefined;
  facts: AccountFacts | undefined;
  /** What resources remember; undefined until the first token was proven. */
  name: AccountName | undefined;
  problem: Obstacle | undefined;
  /** Somebody has asked what of it works, whatever came of that. */
  isAsked = false;
  distrust: string | undefined;
  session: Session | undefined;
  /** What the copy holds; see `keepCopy`. */
  copiedToken: string | undefined;
  readonly #dependencies: HolderDependencies;
  #refreshing: Promise<void> | undefined;
  #boundTo: string | undefined;

  constructor(object: AccountObject, dependencies: HolderDependencies) {
    this.object = object;
    this.uid = object.metadata.uid;
    this.what = `${dependencies.port.kind} "${keyOf(object)}"`;
    this.#boundTo = object.status?.boundTo;
    this.#dependencies = dependencies;
  }

  /** The server and the user that it stands for. */
  get boundTo(): string | undefined {
    return this.#boundTo;
  }

  /** Reads the Secrets and proves what is in them. Callers share one look. Rejects with failures of the API server only. */
  async refresh(refused?: string): Promise<void> {
    this.#refreshing ??= this.#refresh(refused).finally(() => {
      this.#refreshing = undefined;
      this.isAsked = true;
    });
    return this.#refreshing;
  }

  async renew(refused: string): Promise<void> {
    // A look that began before the refusal may have found the token good; the one after it knows.
    await this.#refreshing?.catch(() => undefined);
    if (this.token !== refused) return;
    await this.refresh(refused).catch(() => undefined);
    this.#dependencies.onChange(keyOf(this.object));
  }

  /** Nobody uses the account any more, or it is gone. */
  close(): void {
    this.#doubt(undefined);
    this.session = this.#dependencies.sessions.change(this, this.session, undefined);
  }

  /** Changes when those who use the account should look again. */
  get outlook(): string {
    const { name, isAsked, problem } = this;
    return JSON.stringify([name, this.token !== undefined, problem?.message, isAsked]);
  }

  async #refresh(refused: string | undefined): Promise<void> {
    const { port, ownUrl, allowedUrls } = this.#dependencies;
    const { url = ownUrl ?? "" } = port.terms(this.object.spec);
    if (!allowedUrls.map(withoutSlash).includes(withoutSlash(url)))
      return this.#giveUp(urlNotAllowed(url, port));
    let offered = await offeredTokens(this.object, this.#dependencies);
    if (refused === undefined && this.#isToBeLeftAlone(offered)) return;
    for (;;) {
      const failure = await this.#tryAll(offered, withoutSlash(url), refused);
      if (failure === undefined) return;
      // A Secret that was replaced meanwhile is read once more, before anything fails for it.
      const { tokens } = offered;
      offered = await offeredTokens(this.object, this.#dependencies);
      if (isDeepStrictEqual(offered.tokens, tokens))
        return this.#giveUp(failure.problem, failure.distrust);
    }
  }

  /** The server asked for a pause, and there is nothing new to ask it. */
  #isToBeLeftAlone({ tokens }: Offered): boolean {
    const isPaused = this.session?.standing.lanes.isPaused === true;
    return isPaused && this.token !== undefined && tokens.includes(this.token);
  }

  /** The first that is good is used. Undefined too where the server cannot be asked, so that nothing is known of any. */
  async #tryAll(
    { tokens, fault }: Offered,
    server: string,
    refused: string | undefined,
  ): Promise<Findings | undefined> {
    const former = this.token ?? (await readCopy(this.object, this.#dependencies));
    const candidates = new Set([...tokens, ...(former === undefined ? [] : [former])]);
    const findings: Findings = { problem: fault, distrust: undefined };
    for (const token of candidates) {
      const proof = await this.#prove(token, server, token === refused);
      if (proof.is === "accepted") {
        this.#accept(token, { server, user: proof.facts.user }, proof.facts, findings);
        return undefined;
      }
      if (proof.is === "open") {
        this.problem = proof.obstacle;
        const { pauseMs } = proof;
        if (pauseMs !== undefined && token === this.token)
          this.session?.standing.lanes.pause(pauseMs);
        return undefined;
      }
      findings.problem ??= proof.obstacle;
      if (proof.is === "another") findings.distrust ??= proof.obstacle.message;
    }
    return findings;
  }

  /** In lanes of its own: requests that wait for another token hold their places in the account's. */
  async #prove(token: string, server: string, isRefused: boolean): ReturnType<typeof proveToken> {
    const { port, sessions, signal, keys } = this.#dependencies;
    const { lanes } = sessions.standing({ server, user: undefined });
    const acknowledged = this.object.metadata.annotations?.[keys.acknowledgeUser];
    return proveToken(
      token,
      { port, server, lanes, signal, isRefused, acknowledged },
      this.#boundTo,
    );
  }

  #accept(token: string, place: Place, facts: AccountFacts, { problem, distrust }: Findings): void {
    const { port, sessions } = this.#dependencies;
    const former = this.session;
    this.token = token;
    this.facts = facts;
    this.problem = problem;
    this.#boundTo = wordOfPlace(place);
    this.name = nameOfAccount(this.object.metadata.name, place);
    this.session = sessions.change(this, this.session, {
      place,
      only: facts.seesEverything ? undefined : this.uid,
      requestsPerSecond: port.terms(this.object.spec).requestsPerSecond,
    });
    if (former !== this.session) former?.standing.trust.doubt(this.what, undefined);
    this.#doubt(distrust);
  }

  /** No token works: those who use the account wait, and nothing is sent for them. */
  #giveUp(problem: Obstacle | undefined, distrust?: string): void {
    this.problem = problem;
    this.token = undefined;
    this.#doubt(undefined);
    this.distrust = distrust;
    this.session = this.#dependencies.sessions.change(this, this.session, undefined);
  }

  #doubt(why: string | undefined): void {
    this.distrust = why;
    this.session?.standing.trust.doubt(this.what, why);
  }
}

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

function urlNotAllowed(url: string, { adviceOnUrl }: AccountPort): Obstacle {
  return {
    reason: "UrlNotAllowed",
    message: `${url} is not a server that the operator may use; ${adviceOnUrl}`,
    isStalled: true,
  };
}
