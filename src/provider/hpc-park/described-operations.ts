import {
  type DescribedSchemas,
  entryOf,
  listIn,
  nodeOf,
  type SchemaView,
} from "./described-schema.ts";

export interface DescribedParameter {
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  /** The largest number it takes. */
  readonly maximum: number | undefined;
}

export interface DescribedOperation {
  /** As the service has it, every parameter written `{id}`. */
  readonly path: string;
  readonly parameters: readonly DescribedParameter[];
  /** Undefined where the service says nothing of it. */
  readonly body: SchemaView | undefined;
  /** It takes a body, but none in JSON. */
  readonly takesOtherBody: boolean;
  readonly answer: SchemaView | undefined;
}

interface DescribedPath {
  readonly path: string;
  readonly shape: string;
  readonly item: Readonly<Record<string, unknown>>;
}

/** The operations of an OpenAPI description by method and path, whatever their parameters are called. */
export class DescribedOperations {
  readonly #schemas: DescribedSchemas;
  readonly #paths: readonly DescribedPath[];

  constructor(document: unknown, schemas: DescribedSchemas) {
    this.#schemas = schemas;
    this.#paths = Object.entries(nodeOf(entryOf(document, "paths"))).map(([written, item]) => {
      const path = withId(written);
      return { path, shape: shapeOf(path), item: schemas.resolve(item) };
    });
  }

  /** Whether there is any path below this one, or this one itself. */
  hasSection(section: string): boolean {
    return this.#paths.some(({ path }) => path === section || path.startsWith(`${section}/`));
  }

  /** The one with exactly this path goes before one that differs in a slash at the end. */
  find(method: string, wanted: string): DescribedOperation | undefined {
    const wantedShape = shapeOf(wanted);
    const alike = this.#paths.filter(
      ({ shape, item }) => shape === wantedShape && Object.hasOwn(item, method),
    );
    const found = alike.find(({ path }) => path === wanted) ?? alike[0];
    return found && this.#read(found.path, found.item, method);
  }

  #read(path: string, item: DescribedPath["item"], method: string): DescribedOperation {
    const operation = this.#schemas.resolve(item[method]);
    const parameters = [...listIn(item, "parameters"), ...listIn(operation, "parameters")];
    const content = entryOf(this.#schemas.resolve(operation["requestBody"]), "content");
    const body = this.#jsonIn(content);
    return {
      path,
      parameters: parameters.map((parameter) => this.#parameter(parameter)),
      body,
      takesOtherBody: body === undefined && Object.keys(nodeOf(content)).length > 0,
      answer: this.#answer(operation),
    };
  }

  #parameter(parameter: unknown): DescribedParameter {
    const node = this.#schemas.resolve(parameter);
    const { maximum } = this.#schemas.resolve(node["schema"]);
    return {
      name: String(node["name"]),
      in: String(node["in"]),
      isRequired: node["required"] === true,
      maximum: typeof maximum === "number" ? maximum : undefined,
    };
  }

  /** Of the successes, the first that has a body. */
  #answer(operation: Readonly<Record<string, unknown>>): SchemaView | undefined {
    const responses = Object.entries(nodeOf(operation["responses"])).filter(([status]) =>
      status.startsWith("2"),
    );
    return responses
      .map(([, response]) => this.#jsonIn(entryOf(this.#schemas.resolve(response), "content")))
      .find((view) => view !== undefined);
  }

  #jsonIn(content: unknown): SchemaView | undefined {
    const found = Object.entries(nodeOf(content)).find(([type]) =>
      /^application\/json\b/.test(type),
    );
    const schema = found && entryOf(found[1], "schema");
    return schema === undefined ? undefined : this.#schemas.view(schema);
  }
}

function shapeOf(path: string): string {
  return path.replace(/\/$/, "");
}

/** What its parameters are called does not matter. */
function withId(path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, "{id}");
}
