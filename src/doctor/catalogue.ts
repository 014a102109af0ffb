import { describeUnoffered, type Terms, unofferedIn } from "../core/terms.ts";
import { KubeError } from "../kube/errors.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { keyOf } from "../kube/kube-object.ts";
import type { KindPort, ManagedSpec } from "../provider/port.ts";
import { fault, type Finding, ok } from "./finding.ts";
import { objectsOf, type Scope } from "./objects.ts";

export interface CatalogueToCheck extends Scope {
  readonly port: KindPort<ManagedSpec>;
  readonly terms: Terms;
  /** Whether a resource is in the account that offers this. */
  readonly isInAccount: (resource: Described) => boolean;
}

export interface Described extends KubeObject {
  readonly spec: ManagedSpec & { readonly accountRef?: { readonly name: string } };
  readonly status?: { readonly account?: string };
}

const NOTHING_RESOLVED = { ids: new Map(), secrets: new Map() } as const;

/** Whether all that resources ask for is offered. What cannot be listed is told of by the check of access. */
export async function checkCatalogue(catalogue: CatalogueToCheck): Promise<readonly Finding[]> {
  const { port, terms } = catalogue;
  if (terms.offers.size === 0) return [];
  try {
    const findings: Finding[] = [];
    let count = 0;
    for await (const object of objectsOf<Described>(port, catalogue)) {
      if (!catalogue.isInAccount(object)) continue;
      count += 1;
      const wanted = port.fields(object.spec, NOTHING_RESOLVED);
      const unoffered = unofferedIn(port.rules.fields, wanted, terms);
      if (unoffered.length === 0) continue;
      const says = `${port.kind} ${keyOf(object)}: ${describeUnoffered(unoffered)}`;
      findings.push(fault("catalogue", says, "put a value that is offered into its spec"));
    }
    if (findings.length > 0) return findings;
    return [ok("catalogue", `everything that ${count} ${port.plural} ask for is offered`)];
  } catch (error) {
    if (error instanceof KubeError) return [];
    throw error;
  }
}
