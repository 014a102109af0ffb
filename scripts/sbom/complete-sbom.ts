import type { LockedPackage } from "../audit/locked-packages.ts";

interface Hash {
  readonly alg: string;
  readonly content: string;
}

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly "bom-ref": string;
  readonly purl?: string;
  /** Of what the registry hands out, as npm checks it. */
  readonly hashes?: readonly Hash[];
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

/** As much of CycloneDX as is read here; all else stays as it is. */
export interface Sbom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

export interface Facts {
  readonly locked: readonly LockedPackage[];
  /** Of the Node that the image runs the bundle with. */
  readonly nodeVersion: string;
  /** In whole seconds; without it the SBOM bears no time, and is the same whenever it is made. */
  readonly sourceDateEpoch: string | undefined;
}

/** Adds to a bundle's SBOM what only the lockfile knows, and the Node that runs it. */
export function completeSbom(sbom: Sbom, facts: Facts): Sbom {
  const { metadata, components, dependencies } = sbom;
  const root = metadata.component;
  const node = nodeComponent(facts.nodeVersion);
  const needs = dependencies.find(({ ref }) => ref === root["bom-ref"]);
  return {
    ...sbom,
    metadata: {
      ...timeOf(facts.sourceDateEpoch),
      ...metadata,
      // No registry has it, so it must bear the name of none.
      component: { ...root, purl: `pkg:generic/${root.name}@${root.version}` },
    },
    components: [...components.map((one) => fromLockfile(one, facts.locked)), node],
    dependencies: [
      ...dependencies.filter((one) => one !== needs),
      { ref: root["bom-ref"], dependsOn: [...(needs?.dependsOn ?? []), node["bom-ref"]] },
      { ref: node["bom-ref"] },
    ],
  };
}

function fromLockfile(component: Component, locked: readonly LockedPackage[]): Component {
  const { group, version } = component;
  const name = group === undefined ? component.name : `${group}/${component.name}`;
  const found = locked.find((one) => one.name === name && one.version === version);
  if (found?.integrity === undefined)
    throw new Error(`${name}@${version} is in the bundle, and the lockfile has no checksum of it`);
  if (found.isTool)
    throw new Error(`${name}@${version} is in the bundle, and package.json has it as a tool`);
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return { ...component, purl, hashes: found.integrity.split(" ").map(hashOf) };
}

/** From `sha512-<base64>`, the form of Subresource Integrity. */
function hashOf(integrity: string): Hash {
  const [, bits = "", base64 = ""] = /^sha(\d+)-(.+)$/.exec(integrity) ?? [];
  const alg = bits === "1" ? "SHA-1" : `SHA-${bits}`;
  return { alg, content: Buffer.from(base64, "base64").toString("hex") };
}

function nodeComponent(version: string): Component {
  const component = {
    type: "platform",
    name: "node",
    version,
    "bom-ref": `node@${version}`,
    description: "The Node.js of the base image, which runs the bundle",
    licenses: [{ license: { id: "MIT", acknowledgement: "declared" } }],
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    purl: `pkg:generic/node@${version}`,
  };
  return component;
}

function timeOf(sourceDateEpoch: string | undefined): { readonly timestamp?: string } {
  if (sourceDateEpoch === undefined) return {};
  return { timestamp: new Date(Number(sourceDateEpoch) * 1000).toISOString() };
}
