import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AnsweringServer, json } from "../answering-server.ts";
import { openConsole, signal } from "./open-console.ts";

/** Of the form that the panel's have, and shorter than what is hidden for its length alone. */
const BEARER = "aGVhZA.Y2xhaW1z.c2lnbg";

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it must fail"),
    (error: unknown) => error,
  );
}

describe("what is said of a failure", () => {
  it.each(["/console/sys/token", "/console/api/v2/me", "/console/api/v2/applications"])(
    "never has the secret or the token in it, where %s repeats them",
    async (told) => {
      const secret = "SeCrEt+OnE";
      const basic = Buffer.from(`main:${secret}`).toString("base64");
      const words = `no: ${secret} ${encodeURIComponent(secret)} ${basic} Bearer ${BEARER} (${BEARER})`;
      await using server = await AnsweringServer.start((response, received) => {
        const { path } = received;
        if (path.startsWith(told)) json(403, { code: 7, message: words })(response, received);
        else json(200, { id_token: BEARER, id: "user" })(response, received);
      });
      await using console = await openConsole({ url: server.url, credential: `main:${secret}` });

      const error = await caught(
        told.endsWith("/me") ? console.client.facts(signal) : console.applications.list(signal),
      );

      const shown = [String(error), JSON.stringify(error), inspect(error, { depth: 9 })].join("\n");
      expect(shown).toContain("no: ");
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(basic);
      // Where there was no token yet, it is nobody's.
      if (!told.endsWith("/token")) expect(shown).not.toContain(BEARER);
    },
  );
});
