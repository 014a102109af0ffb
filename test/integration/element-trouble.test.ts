import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SEED } from "../../src/embedded/element/seed.ts";
import { until } from "../until.ts";
import { ElementLab } from "./element-lab.ts";

/** Far more than a hot loop would take to show itself, and few enough for a backoff. */
const MANY = 12;

describe("what a panel refuses", () => {
  let lab: ElementLab;
  beforeAll(async () => {
    lab = await ElementLab.start({ settings: { dbmsTypes: ["File", "Postgres"] } });
  });
  afterAll(() => lab.stop());

  const messageOf = async (name: string, type: string, reason: string): Promise<string> =>
    (await lab.untilReason(`elapp/${name}`, type, reason)).message;

  it("says that the publication context is taken, in the panel's own words", async () => {
    lab.simulator.perform({ action: "create-application", context: "taken" });
    await lab.applyApplication("late", { publicationContext: "taken" });

    expect(await messageOf("late", "Stalled", "Refused")).toContain(
      "Контекст публикации «taken» уже занят",
    );
    expect(lab.requests("createApplication").length).toBeLessThan(MANY);
  });

  it("says that there is no such project, or build, and which builds there are", async () => {
    const source = { projectId: SEED.projects.shop, assemblyVersion: "9.9-1" };
    await lab.applyApplication("no-build", { publicationContext: "a", source });
    const nowhere = { projectId: "00000000-0000-4000-8000-000000000000" };
    await lab.applyApplication("no-project", { publicationContext: "b", source: nowhere });

    expect(await messageOf("no-build", "Stalled", "Refused")).toContain("1.0-42");
    expect(await messageOf("no-project", "Stalled", "Refused")).toContain("does not exist");
  });

  it("says which kinds of database there are", async () => {
    await lab.applyApplication("mssql", { publicationContext: "c", dbmsType: "MSSQL" });

    expect(await messageOf("mssql", "Stalled", "NotOffered")).toContain("File, Postgres");
  });

  it("says that the user has no right to that", async () => {
    const { clientId, clientSecret } = lab.simulator.perform({
      action: "add-client",
      name: "reader",
      rights: "read-only",
    });
    await lab.applyClient("reader", {
      clientId: String(clientId),
      clientSecret: String(clientSecret),
    });
    await lab.applyConsole("reading", { clientSecretRef: { name: "reader" } });
    await lab.untilReady("elcon/reading");
    await lab.applyApplication("unrightful", {
      consoleRef: { name: "reading" },
      publicationContext: "d",
    });

    expect(await messageOf("unrightful", "Stalled", "Forbidden")).toContain("Недостаточно прав");
  });

  it("says that the client is wrong, and where a new one is to be put", async () => {
    await lab.applyClient("wrong", { clientId: "nobody", clientSecret: "wrong-secret-value" });
    await lab.applyConsole("closed", { clientSecretRef: { name: "wrong" } });
    await lab.applyApplication("waiting", {
      consoleRef: { name: "closed" },
      publicationContext: "e",
    });

    const { message } = await lab.untilReason("elcon/closed", "Ready", "Unauthorized");

    expect(message).toContain("Неверные учетные данные клиента");
    expect(message).toContain("Secret");
    expect(message).not.toContain("wrong-secret-value");
    expect(await messageOf("waiting", "Ready", "AccountNotReady")).toContain("closed");
  });

  it("says that a server is not allowed", async () => {
    await lab.applyConsole("elsewhere", { url: "https://panel.example" });

    const { message } = await lab.untilReason("elcon/elsewhere", "Ready", "UrlNotAllowed");

    expect(message).toContain("panel.example");
  });

  it("is at rest meanwhile: nothing is asked for again and again", async () => {
    const writes = (): number =>
      lab.simulator.ledger.entries.filter(({ method }) => method !== "GET").length;
    const from = writes();
    await lab.ticks(4);

    expect(writes() - from).toBeLessThan(MANY);
  });
});

describe("an application that cannot go on", () => {
  let lab: ElementLab;
  beforeAll(async () => {
    lab = await ElementLab.start();
    await lab.applyApplication("shop");
    await lab.untilInSync("shop");
  });
  afterAll(() => lab.stop());

  const idOf = async (): Promise<string> => String((await lab.application("shop")).status?.id);

  it("that is in error at rest is Stalled, and left alone", async () => {
    const writes = (): number =>
      lab.simulator.ledger.entries.filter(
        ({ method, operation }) => method !== "GET" && method !== "PANEL" && operation !== "signIn",
      ).length;
    const before = writes();
    lab.simulator.perform({
      action: "fail-application",
      application: await idOf(),
      error: "Не удалось запустить сервер",
    });

    const { message } = await lab.untilReason("elapp/shop", "Stalled", "RemoteFailed");

    expect(message).toContain("Не удалось запустить сервер");
    await lab.ticks(4);
    expect(writes()).toBe(before);
    await lab.untilReason("elapp/shop", "Stalled", "RemoteFailed");
  });

  it("is mended by another build", async () => {
    await lab.patch("shop", {
      source: { projectId: SEED.projects.shop, assemblyVersion: "1.0-42" },
    });

    await lab.untilInSync("shop", "1.0-42");
  });

  it("that the user may not change is asked about ever more slowly, and at once on request", async () => {
    const updates = (): number => lab.requests("updateProject").length;
    const before = updates();
    lab.simulator.perform({ action: "set-rights", client: "main", rights: "read-only" });
    const source = { projectId: SEED.projects.shop, assemblyVersion: "1.0-10" };
    await lab.patch("shop", { source });
    await lab.untilReason("elapp/shop", "Stalled", "Forbidden");
    const ticks = lab.requests("listApplications").length;
    await until("many ticks are over", () => lab.requests("listApplications").length > ticks + 24, {
      limitMs: 30_000,
    });

    // Each time twice as long as before, so in so many ticks hardly more often than their logarithm.
    expect(updates() - before).toBeLessThan(7);
    expect((await lab.application("shop")).status?.status).toBe("Running");
    lab.simulator.perform({ action: "set-rights", client: "main", rights: "all" });
    const refused = updates();
    await lab.kubectl.run("annotate", "elapp", "shop", "element.1c.ru/reconcile-requested-at=1");
    await lab.untilInSync("shop", "1.0-10");
    expect(updates()).toBe(refused + 1);
    await lab.patch("shop", { source: { ...source, assemblyVersion: "1.0-42" } });
    await lab.untilInSync("shop", "1.0-42");
  });

  it("waits for a panel that is starting up, and takes nothing for gone", async () => {
    lab.simulator.perform({ action: "set-settings", startingUp: true });
    await lab.untilReason("elapp/shop", "Ready", "Unreachable");

    lab.simulator.perform({ action: "set-settings", startingUp: false });

    await lab.untilInSync("shop", "1.0-42");
    expect(lab.requests("createApplication")).toHaveLength(1);
  });

  it("is kept while it has drafts, and says what to do", async () => {
    const application = await idOf();
    lab.simulator.perform({ action: "set-drafts", application, hasDrafts: true });
    await lab.kubectl.run("delete", "elapp", "shop", "--wait=false");

    const { message } = await lab.untilReason("elapp/shop", "Stalled", "PreconditionFailed");

    expect(message).toContain("publish or drop the drafts");
    lab.simulator.perform({ action: "set-drafts", application, hasDrafts: false });
    await lab.untilGone("elapp/shop");
    expect(lab.simulator.panel.applications.get(application)).toBeUndefined();
  });
});
