import { describe, expect, it } from "vitest";
import { AccountHolder } from "../../../src/controller/account-holder.ts";
import { KubeClient } from "../../../src/kube/client.ts";
import { KubeTransport } from "../../../src/kube/transport.ts";
import type { AccountPort } from "../../../src/provider/account-port.ts";
import { ProviderError } from "../../../src/provider/errors.ts";
import { Lanes } from "../../../src/provider/lanes.ts";
import { Sessions } from "../../../src/provider/sessions.ts";
import { answer, FakeApiServer } from "../kube/fake-api-server.ts";
import { connection, KEYS, objectOf } from "./objects.ts";

const URL = "https://panel.example";
const { signal } = new AbortController();
const FACTS = { user: "7", seesEverything: true, summary: "", status: {}, figures: [] };

interface Stage {
  readonly holder: AccountHolder;
  /** What is asked of the provider: whose a token is. */
  readonly asked: string[];
  nowMs: number;
  /** What the Secret holds. */
  offered: string;
  /** The next question is answered with 429. */
  pauseMs: number | undefined;
}

/** An account object at work, before a provider that says whose every token is, or that it is asked too often. */
async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  await using server = await FakeApiServer.start((response) => {
    const metadata = { name: "client", namespace: "default", uid: "s", resourceVersion: "1" };
    const data = { token: Buffer.from(stage.offered).toString("base64") };
    answer(response, 200, { metadata, data });
  });
  const now = (): number => stage.nowMs;
  const mustBe = { pattern: /./, called: "token" };
  const port = {
    kind: "Account",
    credentialCalled: "token",
    terms: () => ({ url: URL, tokens: [[{ name: "client", key: "token", path: "spec", mustBe }]] }),
    lanes: () =>
      new Lanes({ requestsPerSecond: 10, concurrency: 1, patienceMs: 1, now, random: () => 0 }),
    open: ({ token }: { token: () => Promise<string> }) => ({
      remotes: () => new Map(),
      keepInformed: async () => undefined,
      close: () => undefined,
      facts: async () => {
        stage.asked.push(await token());
        const { pauseMs: retryAfterMs } = stage;
        stage.pauseMs = undefined;
        if (retryAfterMs === undefined) return FACTS;
        throw new ProviderError("rate-limited", "too often", { status: 429, retryAfterMs });
      },
    }),
  };
  // Only these are asked for.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const accountPort = port as unknown as AccountPort;
  const sessions = new Sessions({
    port: accountPort,
    signal,
    onSuspicion: () => undefined,
    connect: () => connection(),
  });
  const holder = new AccountHolder(
    { ...objectOf("account"), spec: {} },
    {
      port: accountPort,
      sessions,
      client: new KubeClient(
        new KubeTransport({ kubeConfig: server.kubeConfig, userAgent: "test" }),
      ),
      keys: KEYS,
      allowedUrls: [URL],
      signal,
      onChange: () => undefined,
    },
  );
  const stage: Stage = { holder, asked: [], nowMs: 0, offered: "first", pauseMs: undefined };
  await play(stage);
  sessions.close();
}

describe("an account whose provider asks for a pause", () => {
  it("is asked nothing about the token in use until the pause is over", () =>
    onStage(async (stage) => {
      const { holder, asked } = stage;
      await holder.refresh();
      holder.session?.standing.lanes.pause(600_000);
      await holder.refresh();
      expect([asked, holder.token]).toEqual([["first"], "first"]);

      stage.nowMs = 600_000;
      await holder.refresh();

      expect(asked).toEqual(["first", "first"]);
    }));

  it("counts as asked once it was, whatever came of it", () =>
    onStage(async (stage) => {
      stage.pauseMs = 1;
      expect(stage.holder.isAsked).toBe(false);
      await stage.holder.refresh();
      expect([stage.holder.isAsked, stage.holder.token]).toEqual([true, undefined]);
    }));

  it("is asked about another token all the same: the one in use may be worth nothing", () =>
    onStage(async (stage) => {
      const { holder, asked } = stage;
      await holder.refresh();
      holder.session?.standing.lanes.pause(600_000);
      stage.offered = "second";
      await holder.refresh();
      expect([asked, holder.token]).toEqual([["first", "second"], "second"]);
    }));

  it("pauses as a whole where that is said to the question whose its token is", () =>
    onStage(async (stage) => {
      const { holder } = stage;
      await holder.refresh();
      const lanes = holder.session?.standing.lanes;
      stage.pauseMs = 5_000;
      await holder.refresh();
      expect(holder.problem?.reason).toBe("RateLimited");
      stage.nowMs = 4_999;
      expect(lanes?.isPaused).toBe(true);
      stage.nowMs = 5_000;
      expect(lanes?.isPaused).toBe(false);
    }));
});
