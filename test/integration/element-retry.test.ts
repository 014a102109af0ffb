import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SEED } from "../../src/embedded/element/seed.ts";
import { until } from "../until.ts";
import { ElementLab } from "./element-lab.ts";

const BROKEN = { source: { projectId: SEED.projects.shop, assemblyVersion: "1.0-43" } };

describe("an update that was rolled back", () => {
  let lab: ElementLab;
  beforeAll(async () => {
    // So long that nothing happens because of a tick at rest.
    lab = await ElementLab.start({}, { POLL_INTERVAL_SECONDS: "600" });
  });
  afterAll(() => lab.stop());

  it("is tried again as soon as the annotation is taken off", async () => {
    await lab.applyApplication("shop");
    await lab.untilInSync("shop", "1.0-9");
    await lab.patch("shop", BROKEN);
    await lab.untilReason("elapp/shop", "Synced", "UpdateRolledBack");
    expect(lab.requests("updateProject")).toHaveLength(1);

    await lab.kubectl.run("annotate", "elapp", "shop", "element.1c.ru/change-");

    await until("it is asked for again", () => lab.requests("updateProject").length === 2, {
      seen: () => lab.lastLines(),
    });
  });
});
