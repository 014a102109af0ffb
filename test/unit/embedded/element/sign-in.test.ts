import { createSign, generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type ElementSimulator,
  startElementSimulator,
} from "../../../../src/embedded/element/simulator.ts";
import { NO_DELAYS } from "../../../../src/embedded/element/settings.ts";
import { API, APPLICATIONS, HandClock, PanelClient, shop, TOKEN_PATH } from "./panel-client.ts";

let simulator: ElementSimulator;
let client: PanelClient;
let clock: HandClock;

beforeEach(async () => {
  clock = new HandClock();
  simulator = await startElementSimulator({ clock, timings: NO_DELAYS });
  client = new PanelClient(simulator);
});
afterEach(() => simulator.close());

function partOf(token: string, index: number): Record<string, unknown> {
  const part: unknown = JSON.parse(
    Buffer.from(token.split(".")[index] ?? "", "base64url").toString("utf8"),
  );
  return Object.fromEntries(Object.entries(part ?? {}));
}

describe("signing in", () => {
  it.each(["client_credentials", "CLIENT_CREDENTIALS"])("takes grant type %s", async (grant) => {
    const { status, json } = await client.askToken(`grant_type=${grant}`);
    expect([status, json]).toEqual([
      200,
      {
        id_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        token_type: "Bearer",
        access_token: "Not implemented",
      },
    ]);
  });

  it("gives an RS512 token whose iat and exp are 3600 s apart by the panel's own clock", async () => {
    const token = await client.signIn();
    expect(partOf(token, 0)).toMatchObject({ alg: "RS512", typ: "JWT", kid: expect.any(String) });
    const iat = Math.floor(clock.wall() / 1_000);
    expect(partOf(token, 1)).toMatchObject({ sub: simulator.clientId, iat, exp: iat + 3_600 });
  });

  it("gives tokens of another lifetime where it is set so", async () => {
    simulator.perform({ action: "set-settings", tokenLifetimeS: 60 });
    const { iat, exp } = partOf(await client.signIn(), 1);
    expect(Number(exp) - Number(iat)).toBe(60);
  });

  it.each([
    ["a wrong secret", `Basic ${Buffer.from("nobody:x").toString("base64")}`],
    ["no header", ""],
    ["another scheme", "Bearer x"],
    ["no colon", `Basic ${Buffer.from("nobody").toString("base64")}`],
  ])("is refused with %s", async (_, authorization) => {
    const { status, json } = await client.askToken("grant_type=client_credentials", authorization);
    expect([status, json]).toMatchObject([401, { code: 16, status: "UNAUTHENTICATED" }]);
  });

  it.each(["grant_type=password", ""])("refuses the form %o", async (form) => {
    const { status, json } = await client.askToken(form);
    expect([status, json]).toMatchObject([400, { code: 3, status: "INVALID_ARGUMENT" }]);
  });
});

describe("a token", () => {
  it("serves many calls and expires with the panel's clock", async () => {
    await client.signIn();
    expect(await client.status("GET", APPLICATIONS)).toBe(200);
    clock.advance(3_598_000);
    expect(await client.status("GET", APPLICATIONS)).toBe(200);
    clock.advance(2_000);
    const { status, json } = await client.send("GET", APPLICATIONS);
    expect([status, json]).toMatchObject([401, { code: 16, status: "UNAUTHENTICATED" }]);
  });

  it("is proved by its signature", async () => {
    const token = await client.signIn();
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const signed = token.split(".").slice(0, 2).join(".");
    const forged = createSign("RSA-SHA512").update(signed).sign(privateKey, "base64url");
    expect(await client.use(`${signed}.${forged}`).status("GET", APPLICATIONS)).toBe(401);
    expect(await client.use("Not implemented").status("GET", APPLICATIONS)).toBe(401);
    expect(await client.use(null).status("GET", APPLICATIONS)).toBe(401);
    expect(await client.use(token).status("GET", APPLICATIONS)).toBe(200);
  });

  it("ends where tokens are invalidated, and a new one may be had", async () => {
    await client.signIn();
    simulator.perform({ action: "invalidate-tokens" });
    expect(await client.status("GET", APPLICATIONS)).toBe(401);
    await client.signIn();
    expect(await client.status("GET", APPLICATIONS)).toBe(200);
  });
});

describe("a client", () => {
  it("that is revoked has no token left and gets no new one", async () => {
    const added = simulator.perform({ action: "add-client", name: "second" });
    const second = new PanelClient(simulator, added);
    expect(await second.status("GET", APPLICATIONS)).toBe(200);
    simulator.perform({ action: "revoke-client", client: "second" });
    expect(await second.status("GET", APPLICATIONS)).toBe(401);
    expect((await second.askToken()).status).toBe(401);
    expect(await client.status("GET", APPLICATIONS)).toBe(200);
  });

  it.each([
    ["read-only", 200, 403],
    ["none", 403, 403],
  ] as const)("with rights %s reads with %i and writes with %i", async (rights, reads, writes) => {
    const added = simulator.perform({ action: "add-client", name: "second", rights });
    const second = new PanelClient(simulator, added);
    expect(await second.status("GET", APPLICATIONS)).toBe(reads);
    const { status, json } = await second.send("POST", APPLICATIONS, shop(simulator));
    expect([status, json]).toMatchObject([writes, { code: 7, status: "PERMISSION_DENIED" }]);
    expect(simulator.panel.applications.all()).toEqual([]);
    expect(await second.status("GET", `${API}/me`)).toBe(200);
  });

  it("of some spaces sees and touches nothing of the others", async () => {
    const { id } = await client.card("POST", APPLICATIONS, shop(simulator));
    const { id: space = "" } = simulator.perform({ action: "add-space", name: "Чужое" });
    const added = simulator.perform({ action: "add-client", name: "second", spaces: [space] });
    const second = new PanelClient(simulator, added);
    expect(await second.list(APPLICATIONS)).toEqual([]);
    expect(await second.status("GET", `${APPLICATIONS}/${id}`)).toBe(404);
    expect(await second.status("DELETE", `${APPLICATIONS}/${id}`)).toBe(404);
    expect(await second.list(`${API}/tasks/application-tasks`)).toEqual([]);
    expect(await second.list(`${API}/spaces`)).toMatchObject([{ id: space }]);
  });

  it("is shown the secrets of its user's access tokens in clear", async () => {
    const me = await client.card("GET", `${API}/me`);
    expect(me["access-tokens"]).toEqual([
      {
        "client-id": simulator.clientId,
        "client-secret": simulator.clientSecret,
        description: "main",
      },
    ]);
  });
});

describe("a path or verb that the panel does not know", () => {
  it.each([
    ["GET", `${API}/nowhere`],
    ["PATCH", APPLICATIONS],
    ["GET", TOKEN_PATH],
    ["GET", `${APPLICATIONS}/`],
    ["GET", "/"],
  ])("%s %s gets 401, which says that there is no handler", async (method, path) => {
    const { status, text } = await client.send(method, path);
    expect(status).toBe(401);
    expect(text).toContain(`Handler of HTTP request ${method} ${path} not found`);
    simulator.perform({ action: "set-settings", unknownPathAs: "text" });
    const other = await client.send(method, path);
    expect([other.status, other.json]).toEqual([401, undefined]);
    expect(other.text).toBe(`Handler of HTTP request ${method} ${path} not found`);
  });
});

describe("a panel that is still coming up", () => {
  it("answers 404 with a plain page everywhere, even on the token path", async () => {
    await client.signIn();
    simulator.perform({ action: "set-settings", startingUp: true });
    for (const answer of [
      await client.askToken(),
      await client.send("GET", APPLICATIONS),
      await client.send("GET", `${APPLICATIONS}/x`),
      await client.send("GET", `${API}/nowhere`),
    ]) {
      expect([answer.status, answer.json]).toEqual([404, undefined]);
      expect(answer.headers.get("content-type")).toContain("text/plain");
    }
    simulator.perform({ action: "set-settings", startingUp: false });
    expect(await client.status("GET", APPLICATIONS)).toBe(200);
  });

  it("has forgotten its tokens when it is there again", async () => {
    await client.signIn();
    simulator.perform({ action: "restart", ms: 100 });
    expect(await client.status("GET", APPLICATIONS)).toBe(404);
    clock.advance(100);
    expect(await client.status("GET", APPLICATIONS)).toBe(401);
    await client.signIn();
    expect(await client.status("GET", APPLICATIONS)).toBe(200);
  });
});

describe("an error", () => {
  it("has code, status, message and details, in the language of the panel", async () => {
    const path = `${APPLICATIONS}/none`;
    const error = {
      code: 5,
      status: "NOT_FOUND",
      message: "Приложение none не найдено",
      details: "",
    };
    expect((await client.send("GET", path)).json).toEqual(error);
    simulator.perform({ action: "set-settings", language: "en" });
    const english = { ...error, message: "Application none is not found" };
    expect((await client.send("GET", path)).json).toEqual(english);
  });

  it("is wrapped by newer versions", async () => {
    simulator.perform({ action: "set-settings", errorEnvelope: true });
    const { json } = await client.send("GET", `${APPLICATIONS}/none`);
    expect(json).toMatchObject({ error: { code: 5, status: "NOT_FOUND" } });
  });
});
