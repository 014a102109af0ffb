import type { CredentialName } from "../../src/core/credential.ts";
import { hpcParkRefusal } from "../../src/provider/hpc-park/refusal.ts";
import { ProviderError } from "../../src/provider/errors.ts";
import type { HttpClient } from "../../src/provider/http.ts";
import type { HttpRequest } from "../../src/provider/http-exchange.ts";
import { isJson, readResponse } from "../../src/provider/response.ts";
import type { Armed, ListFault, Outage, RemoteFault, RemoteTarget } from "./faults.ts";
import { shownBy } from "./lists.ts";
import type { ParkAnswer, Post } from "./model-park.ts";
import { type Answer, type Plan, planOf, planOfOutage, type RawResponse } from "./remote-plan.ts";
import type { Process, Surroundings } from "./surroundings.ts";

/** One request on its way. */
interface Journey {
  readonly request: HttpRequest;
  readonly target: RemoteTarget;
  readonly id: number;
  readonly fault: RemoteFault | ListFault | undefined;
  readonly plan: Plan;
  readonly post: Post | undefined;
  answer: ParkAnswer | undefined;
  readonly resolve: (answer: RawResponse) => void;
  readonly reject: (error: ProviderError) => void;
}

type Trouble = Armed<RemoteFault | ListFault> | Outage | undefined;

const TOKEN = "a token that no answer repeats";
/** The one token that there is sees everything of its user. */
const CREDENTIAL: CredentialName = "1/*";

/**
 * The real client without its sockets: what `request` returns is what the park answered, read by the real `readResponse`.
 *
 * Mirrors `HttpClient.request`, `#exchange` and `convert`: a failure to connect is `unavailable`; any other loss of a create's answer is
 * `unknown-outcome`. The turn that a request waits for in its lane is part of the plan.
 */
class ModelHttp {
  readonly #surroundings: Surroundings;
  readonly #process: Process;
  #credential: CredentialName | undefined;

  constructor(surroundings: Surroundings, process: Process) {
    this.#surroundings = surroundings;
    this.#process = process;
  }

  /** Of the latest request, as the real client has it. */
  get credential(): CredentialName | undefined {
    return this.#credential;
  }

  /** The order is the real one: its turn, the credential, the precondition, the request. */
  async request(
    request: HttpRequest,
    _signal: AbortSignal,
    precondition?: () => Promise<void>,
  ): Promise<unknown> {
    const { clock, invariants, sent } = this.#surroundings;
    const target = targetOf(request);
    const trouble = this.#troubleOf(target);
    const askedMs = clock.now();
    if (typeof trouble === "object" && trouble.fault === "waits for its turn")
      await new Promise<void>((resolve) => clock.after(trouble.ms, resolve));
    this.#credential = CREDENTIAL;
    await precondition?.();
    sent(target);
    if (target === "PATCH" || target === "DELETE")
      invariants.mutationAsked(target, idOf(request), askedMs, this.#process);
    const raw = await this.#travel(request, target, trouble);
    const { method, operation, isCreate = false, isList = false } = request;
    if (isList && raw.status === 200 && isJson(raw.contentType)) return Buffer.from(raw.text);
    return readResponse(
      { ...raw, method, secrets: [TOKEN] },
      {
        what: operation,
        isCreate,
        wallClockMs: clock.wall().getTime(),
        refusalIn: hpcParkRefusal,
      },
    );
  }

  #troubleOf(target: RemoteTarget): Trouble {
    const { clock, faults } = this.#surroundings;
    return faults.outageAt(clock.now()) ?? faults.forRemote(target, clock.now());
  }

  #travel(request: HttpRequest, target: RemoteTarget, trouble: Trouble): Promise<RawResponse> {
    return new Promise((resolve, reject) => {
      // What a dead process had in hand never leaves.
      if (!this.#process.isDead) this.#leave(request, target, trouble, resolve, reject);
    });
  }

  #leave(
    request: HttpRequest,
    target: RemoteTarget,
    trouble: Trouble,
    resolve: Journey["resolve"],
    reject: Journey["reject"],
  ): void {
    const { invariants, note } = this.#surroundings;
    const isOutage = typeof trouble === "string";
    const plan = isOutage ? planOfOutage(trouble) : planOf(target, trouble);
    const fault = isOutage ? undefined : trouble?.fault;
    const id = idOf(request);
    const post =
      target === "POST" && plan.hasLeft
        ? invariants.postLeaves(request.json, this.#process)
        : undefined;
    note(
      () =>
        `  ${target} ${id || ""} leaves${trouble === undefined ? "" : ` (${isOutage ? trouble : trouble.fault})`}`,
    );
    const journey = { request, target, id, fault, plan, post, answer: undefined, resolve, reject };
    this.#schedule(journey);
  }

  #schedule(journey: Journey): void {
    const { clock, crash } = this.#surroundings;
    const { plan } = journey;
    const beganMs = clock.now();
    for (const workMs of plan.workAfterMs) clock.after(workMs, () => this.#work(journey, beganMs));
    clock.after(plan.answerAfterMs, () => this.#arrive(journey, beganMs));
    if (plan.crashAfterMs !== undefined)
      clock.after(plan.crashAfterMs, () => {
        if (!this.#process.isDead) crash(plan.downMs);
      });
  }

  /** The park does what it was asked for, whether or not anybody still waits for the answer. */
  #work(journey: Journey, beganMs: number): void {
    const { invariants, note } = this.#surroundings;
    const { target, id, post, plan } = journey;
    const answer = this.#perform(journey, beganMs);
    journey.answer ??= answer;
    if (target === "GET" || target === "LIST") return;
    note(() => `  ${target} ${id || ""} takes effect: ${answer.status}`);
    if (post !== undefined) invariants.postTookEffect(post, plan.workAfterMs.length > 1);
  }

  #perform({ target, id, request, post, plan, fault }: Journey, beganMs: number): ParkAnswer {
    const { park, invariants, clock } = this.#surroundings;
    switch (target) {
      case "POST":
        if (post === undefined) throw new Error("a create request that never left has no effect");
        return park.create(bodyOf(request), post, plan.hiddenMs);
      case "PATCH":
        return park.change(id, bodyOf(request));
      case "DELETE":
        return park.remove(id);
      case "GET":
        if (fault === "false 404") invariants.denied(id);
        return park.read(id);
      case "LIST": {
        const shown = shownBy(park, fault, plan.lagMs, clock.now());
        invariants.listServed(beganMs, shown, this.#process);
        return { status: 200, body: shown.map((thing) => park.view(thing, plan.lagMs)) };
      }
    }
  }

  #arrive(
    { target, plan, post, answer, resolve, reject, request }: Journey,
    beganMs: number,
  ): void {
    if (this.#process.isDead) return;
    const { invariants } = this.#surroundings;
    const { answer: planned } = plan;
    if (typeof planned === "string" && planned !== "as it is") {
      reject(lost(planned, request));
      return;
    }
    const raw = planned === "as it is" ? rawOf(answer) : planned;
    if (post !== undefined) invariants.postAnswered(post, plan.isRefusal, planned === "as it is");
    if (target === "LIST" && planned === "as it is")
      invariants.listDelivered(beganMs, this.#process);
    resolve(raw);
  }
}

/** A client for one process. Only `request` is ever asked of it; sockets, lanes and the token are what the model stands in for. */
export function modelHttp(surroundings: Surroundings, process: Process): HttpClient {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return new ModelHttp(surroundings, process) as unknown as HttpClient;
}

function idOf({ path }: HttpRequest): number {
  return Number(/\/v1\/instance\/(\d+)/.exec(path)?.[1] ?? 0);
}

const WRITES = ["POST", "PATCH", "DELETE"] as const;

function targetOf({ method, path }: HttpRequest): RemoteTarget {
  const write = WRITES.find((target) => target === method);
  if (write !== undefined) return write;
  return /\d$/.test(path) && path !== "/v1/instance" ? "GET" : "LIST";
}

function bodyOf({ json }: HttpRequest): Record<string, unknown> {
  return typeof json === "object" && json !== null ? { ...json } : {};
}

function rawOf(answer: ParkAnswer | undefined): RawResponse {
  if (answer === undefined) throw new Error("an answer needs work");
  const { status, body } = answer;
  if (body === undefined) return { status, contentType: "", text: "" };
  return { status, contentType: "application/json", text: JSON.stringify(body) };
}

function lost(
  answer: Exclude<Answer, RawResponse | "as it is">,
  { isCreate = false, operation }: HttpRequest,
): ProviderError {
  const isOpen = isCreate && answer !== "no connection";
  return new ProviderError(isOpen ? "unknown-outcome" : "unavailable", `${operation}: ${answer}`);
}
