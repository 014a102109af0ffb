import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../../src/core/failure.ts";
import { AnsweringServer, json, raw } from "../answering-server.ts";
import { WRITE } from "../client.ts";
import { bodyOf, openConsole, signal, specOf } from "./open-console.ts";

/** By gRPC's number: the HTTP status that goes with it, and what is to be done about it. */
const CODES: readonly [code: number, status: number, kind: FailureKind][] = [
  [3, 400, "invalid"],
  [5, 400, "invalid"],
  [6, 409, "invalid"],
  [7, 403, "forbidden"],
  [8, 429, "rate-limited"],
  [8, 400, "quota"],
  [9, 400, "precondition"],
  [10, 409, "conflict"],
  [16, 401, "unauthorized"],
  // What has no meaning of its own goes by its HTTP status.
  [2, 400, "invalid"],
  [11, 422, "invalid"],
];

/** Where the panel is at fault nothing is known of what it did. */
const FAULTS: readonly [code: number, status: number][] = [
  [13, 500],
  [14, 503],
  [4, 504],
  [3, 500],
];

const ENVELOPES = [
  ["bare", (error: object): object => error],
  ["wrapped", (error: object): object => ({ error })],
] as const;

describe.each(ENVELOPES)("a %s refusal", (_, wrap) => {
  it.each(CODES)("with code %d and status %d is %s", async (code, status, kind) => {
    await using console = await openConsole();
    const { applications, simulator } = console;
    simulator.faults.add({
      match: { operation: "createApplication" },
      effect: { kind: "status", status, body: wrap({ code, message: "Нельзя" }) },
    });

    const creating = applications.create(bodyOf(specOf()), WRITE);

    await expect(creating).rejects.toMatchObject({
      kind,
      status,
      message: `create application: Нельзя (${status})`,
    });
  });

  it.each(FAULTS)("with code %d and status %d proves nothing", async (code, status) => {
    await using console = await openConsole();
    const { applications, simulator } = console;
    const body = wrap({ code, message: "Внутренняя ошибка" });
    simulator.faults.add({ effect: { kind: "status", status, body }, match: { path: "/appl" } });

    await expect(applications.create(bodyOf(specOf()), WRITE)).rejects.toMatchObject({
      kind: "unknown-outcome",
    });
    await expect(applications.get("a", signal)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("of the panel itself reads the same either way", async () => {
    const errorEnvelope = "error" in wrap({});
    await using console = await openConsole({ settings: { errorEnvelope } });
    const { applications } = console;
    await applications.create(bodyOf(specOf()), WRITE);

    const again = applications.create(bodyOf(specOf()), WRITE);

    await expect(again).rejects.toMatchObject({
      kind: "invalid",
      message: "create application: Контекст публикации «shop» уже занят (409)",
    });
    await expect(applications.get("nobody", signal)).resolves.toBeUndefined();
  });
});

describe("the panel's words", () => {
  it("hold what it details as well", async () => {
    await using console = await openConsole();
    const body = bodyOf(specOf({ displayName: "" }));
    await expect(console.applications.create(body, WRITE)).rejects.toMatchObject({
      message: expect.stringContaining("Не заполнено имя или контекст публикации"),
    });
    const wrong = { ...Object(body), "development-mode": "no" };
    await expect(console.applications.create(wrong, WRITE)).rejects.toMatchObject({
      message: expect.stringMatching(/Некорректный запрос: \/development-mode must be boolean/),
    });
  });

  it("are cut between two characters, whatever their length in bytes", async () => {
    await using console = await openConsole();
    for (const message of ["ж".repeat(5_000), `a${"😀".repeat(3_000)}`]) {
      console.simulator.faults.clear();
      console.simulator.faults.add({
        match: { operation: "getApplication" },
        effect: { kind: "status", status: 400, body: { code: 3, message } },
      });

      const error: unknown = await console.applications
        .get("a", signal)
        .catch((one: unknown) => one);

      const shown = String(error);
      expect(shown.isWellFormed()).toBe(true);
      expect(shown).not.toContain("\uFFFD");
      expect(shown).toMatch(/[ж😀]… \(400\)$/u);
      expect(Array.from(shown).length).toBeLessThan(400);
    }
  });

  it("are not needed for a refusal", async () => {
    await using console = await openConsole();
    console.simulator.faults.add({
      match: { operation: "getApplication" },
      effect: { kind: "status", status: 403, body: { code: 7 } },
    });
    await expect(console.applications.get("a", signal)).rejects.toMatchObject({
      kind: "forbidden",
      message: "get application: no reason given (403)",
    });
  });

  it("tell a right that is missing from a bad client", async () => {
    await using console = await openConsole();
    console.simulator.perform({ action: "set-rights", client: "main", rights: "read-only" });
    const { applications } = console;
    await expect(applications.create(bodyOf(specOf()), WRITE)).rejects.toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("Недостаточно прав"),
    });
    await expect(applications.list(signal)).resolves.toEqual([]);
  });
});

/** What stands between the operator and the panel, or is not up yet. None of it knows of applications. */
const STRANGERS: readonly [reason: string, status: number, type: string, body: string][] = [
  ["a page of text", 404, "text/plain", "404 page not found\nThe server is starting up\n"],
  ["a page of HTML", 404, "text/html", "<html>404</html>"],
  ["nothing", 404, "application/json", ""],
  ["no object", 404, "application/json", '"not found"'],
  ["half of an object", 404, "application/json", '{"code": 5, "mess'],
  ["the refusal as text", 404, "text/plain", '{"code": 5, "message": "нет"}'],
  ["a gateway's object", 404, "application/json", '{"message": "no Route matched"}'],
  ["a framework's object", 404, "application/json", '{"status": 404, "error": "Not Found"}'],
  ["another code", 404, "application/json", '{"code": 13, "message": "нет"}'],
];

describe("an answer that is not the panel's", () => {
  it.each(STRANGERS)("is never 'does not exist': %s", async (_, status, type, body) => {
    await using server = await AnsweringServer.start((response, received) => {
      const answer = received.path.includes("/applications")
        ? raw(status, body, { "content-type": type })
        : json(200, { id_token: "a.b.c", id: "user" });
      answer(response, received);
    });
    await using console = await openConsole({ url: server.url });
    const { applications } = console;

    await expect(applications.get("a", signal)).rejects.toMatchObject({ kind: "unavailable" });
    await expect(applications.remove("a", WRITE)).rejects.toMatchObject({ kind: "unavailable" });
    await expect(
      applications.create({ source: { projectVersionId: "b" } }, WRITE),
    ).rejects.toMatchObject({ kind: "unknown-outcome" });
  });
});
