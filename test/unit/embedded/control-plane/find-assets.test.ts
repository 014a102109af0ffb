import { describe, expect, it } from "vitest";
import { waysFor } from "../../../../src/embedded/control-plane/find-assets.ts";

const WANTED = { K3S_IMAGE: "rancher/k3s:v1.28.15-k3s1" };

function names(...given: Parameters<typeof waysFor>): readonly string[] {
  return waysFor(...given).map(({ name }) => name);
}

describe("waysFor", () => {
  it("goes from the most explicit to the slowest", () => {
    const all = [
      "environment",
      "cache",
      "envtest archive",
      "K3s container",
      "build from Debian's source package",
    ];

    expect(names({})).toEqual(all);
    expect(names({ K3S_IMAGE: "" })).toEqual(all);
  });

  it("takes no other release than the K3s that was asked for, whatever else there is", () => {
    expect(names({ ...WANTED, KUBEBUILDER_ASSETS: "/assets" })).toEqual(["K3s container"]);
  });

  it("has data kept and audits written by processes of our own all the same", () => {
    expect(names(WANTED, { needsProcesses: true })).toContain("cache");
  });
});
