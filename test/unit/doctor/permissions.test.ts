import { describe, expect, it } from "vitest";
import { kinds } from "../../../src/api/kinds.ts";
import { describePermission, permissionsFor } from "../../../src/doctor/permissions.ts";

const ALL = { kinds, namespaces: [], leaseNamespace: undefined, readsOwnerId: false };

function described(needs: Partial<typeof ALL> | object): string[] {
  return permissionsFor({ ...ALL, ...needs }).map(describePermission);
}

describe("permissionsFor", () => {
  it("names every verb on each kind, its status, Secrets and events", () => {
    expect(described({ kinds: kinds.slice(0, 2) })).toEqual([
      "list hpcaccounts.hpc-park.ru",
      "watch hpcaccounts.hpc-park.ru",
      "patch hpcaccounts.hpc-park.ru",
      "patch hpcaccounts.hpc-park.ru/status",
      "list hpcinstances.hpc-park.ru",
      "watch hpcinstances.hpc-park.ru",
      "get hpcinstances.hpc-park.ru",
      "patch hpcinstances.hpc-park.ru",
      "patch hpcinstances.hpc-park.ru/status",
      "get secrets",
      "create secrets",
      "update secrets",
      "patch secrets",
      "delete secrets",
      "create events",
      "patch events",
    ]);
  });

  it("asks for each namespace that is watched", () => {
    const asked = described({ namespaces: ["ml", "web"] });
    expect(asked).toContain("get secrets in namespace ml");
    expect(asked).toContain("get secrets in namespace web");
    expect(asked).not.toContain("get secrets");
  });

  it("asks for the Lease only where there is an election", () => {
    expect(described({}).join()).not.toContain("leases");
    expect(described({ leaseNamespace: "ops" })).toEqual(
      expect.arrayContaining([
        "get leases.coordination.k8s.io in namespace ops",
        "watch leases.coordination.k8s.io in namespace ops",
        "create leases.coordination.k8s.io in namespace ops",
        "update leases.coordination.k8s.io in namespace ops",
      ]),
    );
  });

  it("reads the owner id only where none is given", () => {
    expect(described({ readsOwnerId: true })).toContain('get namespaces "kube-system"');
  });
});
