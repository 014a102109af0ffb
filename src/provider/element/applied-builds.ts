import type { FieldValue } from "../../core/diff.ts";
import type { RemoteThing } from "../../core/observation.ts";
import type { Interest } from "../port.ts";
import { buildsOf } from "./builds.ts";
import type { Panel } from "./panel.ts";

/** More than are applied at a time. */
const MAX_KNOWN = 10_000;

/** Builds by their other name: some versions of a panel name the one that is applied by its id alone, or by its version alone. */
export class AppliedBuilds {
  readonly #panel: Panel;
  /** Ids with the versions that were seen to be the same build: what is built stays as it is. */
  readonly #same = new Set<string>();

  constructor(panel: Panel) {
    this.#panel = panel;
  }

  /** The thing with the name by which its build is wanted, where its card shows the same build by the other. Asks nobody where it shows both. */
  async named(thing: RemoteThing, { wanted }: Interest, signal: AbortSignal): Promise<RemoteThing> {
    const { projectVersionId, assemblyVersion } = thing.fields;
    if (isShown(projectVersionId) === isShown(assemblyVersion)) return thing;
    const unshown = isShown(projectVersionId) ? "assemblyVersion" : "projectVersionId";
    const name = wanted[unshown];
    const projectId = wanted["projectId"] ?? thing.status["projectId"];
    if (!isShown(name) || typeof projectId !== "string") return thing;
    const fields = { ...thing.fields, [unshown]: name };
    const isSame = await this.#areSame(projectId, fields, signal);
    return isSame ? { ...thing, fields } : thing;
  }

  async #areSame(
    projectId: string,
    { projectVersionId, assemblyVersion }: RemoteThing["fields"],
    signal: AbortSignal,
  ): Promise<boolean> {
    const pair = JSON.stringify([projectVersionId, assemblyVersion]);
    if (this.#same.has(pair)) return true;
    const builds = await buildsOf(this.#panel, projectId, signal);
    const isSame = builds.some(
      (build) =>
        build.text("id") === projectVersionId && build.text("assembly-version") === assemblyVersion,
    );
    if (this.#same.size >= MAX_KNOWN) this.#same.clear();
    if (isSame) this.#same.add(pair);
    return isSame;
  }
}

function isShown(name: FieldValue | undefined): boolean {
  return typeof name === "string" && name !== "";
}
