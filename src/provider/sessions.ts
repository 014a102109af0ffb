import type { Place } from "../core/account-name.ts";
import type { AccountPort } from "./account-port.ts";
import type { Lane } from "./lane-queue.ts";
import { Session, type SessionOptions, type Standing, type TokenHolder } from "./session.ts";
import { Trust } from "./trust.ts";

export interface SessionsOptions extends Omit<SessionOptions, "standing" | "only"> {
  readonly port: AccountPort;
  readonly onSuspicion: (standing: Standing, suspicion: string | undefined) => void;
}

/** How a holder's token sees its user's things. */
export interface View {
  readonly place: Place;
  /** Undefined for a master token, which sees everything; else whose the view is alone. */
  readonly only: string | undefined;
  readonly requestsPerSecond: number | undefined;
}

/**
 * The sessions in use. Lanes and trust are shared by all of one user of one server. Lists are shared by those with a master token: an
 * ordinary one sees other things than the next, so each has lists of its own.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #standings = new Map<string, Standing>();
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#sessions.values();
  }

  /** Of every user of every server that was ever asked. */
  standings(): Iterable<Standing> {
    return this.#standings.values();
  }

  /** Requests that wait for their turn in a lane, of all accounts. */
  waiting(lane: Lane): number {
    return [...this.#standings.values()].reduce((sum, { lanes }) => sum + lanes.waiting(lane), 0);
  }

  close(): void {
    for (const { lanes } of this.#standings.values()) lanes.close();
    for (const session of this.#sessions.values()) session.close();
  }

  /** The session of this view, held by `holder`, who lets go of `former`. */
  change(
    holder: TokenHolder,
    former: Session | undefined,
    view: View | undefined,
  ): Session | undefined {
    const session = view === undefined ? undefined : this.#session(view);
    session?.hold(holder);
    if (former !== undefined && former !== session) former.letGo(holder);
    for (const [key, each] of this.#sessions) if (!each.isHeld) this.#sessions.delete(key);
    return session;
  }

  /** Lanes and trust of a user. They are never given up: what was learned of an account holds while the process lives. */
  standing({ server, user }: Place, requestsPerSecond?: number, only?: string): Standing {
    // Of whom nothing is known nobody can say that they are one.
    const key = `${server}#${user ?? `? ${only}`}`;
    const known = this.#standings.get(key);
    if (known !== undefined) {
      if (requestsPerSecond !== undefined) known.lanes.slowTo(requestsPerSecond);
      return known;
    }
    const { port, onSuspicion } = this.#options;
    const standing: Standing = {
      place: { server, user },
      lanes: port.lanes(requestsPerSecond),
      trust: new Trust((suspicion) => onSuspicion(standing, suspicion)),
    };
    this.#standings.set(key, standing);
    return standing;
  }

  #session({ place, only, requestsPerSecond }: View): Session {
    const key = `${place.server}#${place.user}${only === undefined ? "" : ` ${only}`}`;
    const known = this.#sessions.get(key);
    const standing = this.standing(place, requestsPerSecond, only);
    if (known !== undefined) return known;
    const session = new Session({ ...this.#options, standing, only });
    this.#sessions.set(key, session);
    return session;
  }
}
