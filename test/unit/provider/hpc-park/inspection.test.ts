import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../../../src/embedded/hpc-park/simulator.ts";
import { inspect, type Inspection } from "../../../../src/provider/hpc-park/inspection.ts";
import { fetchDescription } from "../../../../src/provider/hpc-park/live-description.ts";
import { clientOf } from "../client.ts";

const { signal } = new AbortController();

let simulator: Simulator;

beforeEach(async () => {
  simulator = await startSimulator({ limits: { instances: 3, gpus: { A100: 2 } } });
});

afterEach(() => simulator.close());

async function inspected(token = simulator.token): Promise<Inspection> {
  using client = clientOf(simulator.url, { token: async () => token });
  return await inspect(client.http, () => fetchDescription(client.http, signal), signal);
}

describe("inspect", () => {
  it("tells the kind of a token, and until when it is valid", async () => {
    const { token } = await inspected();
    expect(token).toMatchObject({ name: "ordinary", isMaster: false });
    expect(token).toHaveProperty(
      "expiresAtMs",
      simulator.park.tokens.named("ordinary")?.expiresAtMs,
    );
    expect((await inspected(simulator.masterToken)).token).toMatchObject({
      name: "master",
      isMaster: true,
    });
  });

  it("tells limits", async () => {
    const { limits } = await inspected();
    expect(limits).toContainEqual({ resource: "instance", used: 0, limit: 3 });
    expect(limits).toContainEqual({ resource: "gpu:A100", used: 0, limit: 2 });
  });

  it("asks nothing further with a token that is refused", async () => {
    const { token, limits, description } = await inspected("wrong");
    expect(token).toMatchObject({ kind: "unauthorized", status: 401 });
    expect(limits).toBeUndefined();
    expect(description).toHaveProperty("differences", []);
  });

  it("asks nothing further where nobody answers", async () => {
    simulator.faults.add({ effect: { kind: "reset-before" } });
    expect(await inspected()).toMatchObject({
      description: { kind: "unavailable" },
      token: undefined,
      limits: undefined,
    });
  });

  it("does without a section that is not there", async () => {
    simulator.faults.add({
      match: { path: "^/v1/(token|limit)$" },
      effect: { kind: "status", status: 404, body: { detail: "Not Found" } },
    });
    expect(await inspected()).toMatchObject({ token: undefined, limits: undefined });
  });
});
