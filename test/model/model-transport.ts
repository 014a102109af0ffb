import type { ManagedObject } from "../../src/controller/managed-object.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { KubeError } from "../../src/kube/errors.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "../../src/kube/transport.ts";
import type { KubeFault, KubeTarget } from "./faults.ts";
import { type MergePatch, refusal } from "./model-cluster.ts";
import { FINALIZER, KEYS } from "./names.ts";
import type { Forgotten, Replacements } from "./replacements.ts";
import type { Process, Surroundings } from "./surroundings.ts";

const COMMIT_MS = 5;
const ANSWER_MS = 10;
const TIMEOUT_MS = 30_000;
const DOWN_MS = 500;

/** The way from one process to the API server: the real client sends, the model cluster answers, faults come between. */
class ModelTransport {
  readonly #surroundings: Surroundings;
  readonly #process: Process;
  readonly #forgets: Forgotten | undefined;
  readonly #found: (object: ManagedObject) => ManagedObject;

  constructor(surroundings: Surroundings, process: Process, replacements: Replacements) {
    this.#surroundings = surroundings;
    this.#process = process;
    this.#forgets = replacements.forgets;
    this.#found = replacements.found ?? ((object) => object);
  }

  send(request: KubeRequest): Promise<KubeResponse> {
    const { clock, faults, note } = this.#surroundings;
    const target = this.#targetOf(request);
    const fault = faults.forKube(target, clock.now());
    note(
      () => `  ${target} patch of ${nameOf(request)}${fault === undefined ? "" : ` (${fault})`}`,
    );
    return new Promise((resolve, reject) => {
      let answer: KubeResponse | undefined;
      if (commits(fault))
        clock.after(COMMIT_MS, () => (answer = this.#perform(request, target, fault)));
      this.#crash(fault);
      const isLost = fault === "lost before its commit" || fault === "answer lost after its commit";
      clock.after(isLost ? TIMEOUT_MS : ANSWER_MS, () => {
        if (this.#process.isDead) return;
        if (isLost) reject(new KubeError("unavailable", `${target}: no answer`));
        else resolve(answer ?? refusal(500, "InternalError"));
      });
    });
  }

  #perform(request: KubeRequest, target: KubeTarget, fault: KubeFault | undefined): KubeResponse {
    const { clock, cluster, invariants, counts } = this.#surroundings;
    const name = nameOf(request);
    if (fault === "conflict")
      cluster.writeMetadata(name, { labels: { rival: `at-${clock.now()}` } });
    const object = cluster.get(name);
    if (target === "confirm" || this.#forgets === target) {
      if (target === "confirm" && this.#forgets !== "confirmation")
        invariants.confirmed(name, object, this.#process);
      if (object === undefined) return refusal(404, "NotFound");
      return { status: 200, retryAfter: undefined, body: this.#found(object) };
    }
    const patch = this.#forgets === "version" ? unversioned(request) : patchOf(request);
    const answer = cluster.patch(name, patch, target === "status" ? "status" : undefined);
    counts.add(`patch/${target} ${answer.status}`);
    if (target === "journal" && answer.status === 200)
      invariants.journalCommitted(name, this.#process);
    return answer;
  }

  #crash(fault: KubeFault | undefined): void {
    const { clock, crash } = this.#surroundings;
    const afterMs = crashTime(fault);
    if (afterMs === undefined) return;
    clock.after(afterMs, () => {
      if (!this.#process.isDead) crash(DOWN_MS);
    });
  }

  #targetOf(request: KubeRequest): KubeTarget {
    if (request.method === "GET") return "confirm";
    if (request.path.endsWith("/status")) return "status";
    const { metadata } = patchOf(request);
    if (metadata.annotations?.[KEYS.create] !== undefined) return "journal";
    return metadata.finalizers?.includes(FINALIZER) === true ? "attach" : "release";
  }
}

/** A real client over the model's transport, for one process. */
export function modelClient(
  surroundings: Surroundings,
  process: Process,
  replacements: Replacements,
): KubeClient {
  const transport = new ModelTransport(surroundings, process, replacements);
  // Only `send` is ever asked of it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return new KubeClient(transport as unknown as KubeTransport);
}

function commits(fault: KubeFault | undefined): boolean {
  return (
    fault !== "lost before its commit" &&
    fault !== "5xx without a commit" &&
    fault !== "crash before its commit"
  );
}

function crashTime(fault: KubeFault | undefined): number | undefined {
  switch (fault) {
    case "crash before its commit":
      return 1;
    case "crash after its commit":
      return COMMIT_MS + 1;
    case "crash after its answer":
      return ANSWER_MS;
    default:
      return undefined;
  }
}

function nameOf({ path }: KubeRequest): string {
  const tail = path.replace(/\/status$/, "");
  return tail.slice(tail.lastIndexOf("/") + 1);
}

function unversioned(request: KubeRequest): MergePatch {
  const { resourceVersion: _, ...metadata } = patchOf(request).metadata;
  return { ...patchOf(request), metadata };
}

function patchOf({ body }: KubeRequest): MergePatch {
  // The only caller is the real client, whose patches these are.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return body as MergePatch;
}
