import Fastify, { type FastifyInstance } from "fastify";

export type Node = Record<string, unknown>;

export function nodeOf(value: unknown): Node {
  if (typeof value !== "object" || value === null) throw new Error("no object");
  return Object.fromEntries(Object.entries(value));
}

/** Says whether an answer is as a description has it: by a JSON schema compiler, not by code of the simulator's. */
export class AnswerJudge {
  readonly #description: Node;

  constructor(description: unknown) {
    this.#description = nodeOf(description);
  }

  /** Every operation, as `GET /v1/instance`. */
  operations(): string[] {
    return Object.entries(nodeOf(this.#description["paths"])).flatMap(([path, methods]) =>
      Object.keys(nodeOf(methods))
        .filter((method) => method !== "parameters")
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** The schema of what an operation answers where all is well, with nothing to refer to. */
  schema(method: string, path: string): Node {
    const answers = nodeOf(this.#at("paths", path, method.toLowerCase(), "responses"));
    const success = nodeOf(answers["201"] ?? answers["200"]);
    const { schema } = nodeOf(nodeOf(success["content"])["application/json"]);
    return nodeOf(this.#resolved(schema));
  }

  /** `described`, or what is wrong. */
  async verdict(method: string, path: string, answer: string): Promise<string> {
    const app: FastifyInstance = Fastify({
      ajv: { customOptions: { coerceTypes: false, strict: false, useDefaults: false } },
    });
    const body = this.schema(method, path);
    app.post("/", { schema: { body } }, async () => "described");
    const headers = { "content-type": "application/json" };
    const response = await app.inject({ method: "POST", url: "/", headers, payload: answer });
    await app.close();
    return response.body;
  }

  /** Follows `$ref`s, so that a schema stands alone. */
  #resolved(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item: unknown) => this.#resolved(item));
    if (typeof node !== "object" || node === null) return node;
    if ("$ref" in node) {
      return this.#resolved(this.#at(...String(node.$ref).slice("#/".length).split("/")));
    }
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, this.#resolved(value)]),
    );
  }

  #at(...keys: string[]): unknown {
    return keys.reduce<unknown>((node, key) => nodeOf(node)[key], this.#description);
  }
}
