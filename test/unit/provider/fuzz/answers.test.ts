import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnsweringServer } from "../answering-server.ts";
import { isGoodThing, isRefusal, parsed } from "./contract.ts";
import {
  deep,
  hostileJson,
  hostileText,
  nearlyList,
  nearlyRefusal,
  nearlyThing,
} from "./hostile.ts";
import { outcomeOf, type REQUESTS, type Told } from "./outcome.ts";

const RUNS = 300;
/** fast-check shrinks a failure, which takes its time. */
const LIMIT_MS = 60_000;

const status = fc.oneof(
  fc.constantFrom(
    200,
    201,
    202,
    204,
    301,
    302,
    304,
    307,
    308,
    400,
    401,
    402,
    403,
    404,
    409,
    422,
    429,
  ),
  fc.integer({ min: 200, max: 999 }),
);
const contentType = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("application/json", "application/json; charset=utf-8") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("text/html", "text/plain", "", "application/octet-stream", "JSON"),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }).filter(isHeaderValue) },
);
const headers = fc.dictionary(
  fc.constantFrom("retry-after", "location", "x-more", "etag", "set-cookie", "link"),
  fc.oneof(
    fc.constantFrom("-1", "1e9", "NaN", "Infinity", "", "0", "//127.0.0.2/", "http://[", "?", "/x"),
    fc.string({ maxLength: 30 }).filter(isHeaderValue),
  ),
);
const anyText = fc.oneof(
  hostileJson,
  nearlyThing,
  nearlyList,
  nearlyRefusal,
  hostileText,
  fc.constantFrom("", " ", deep(100_000), `{"detail":${deep(10_000)}}`, '{"detail":[{"loc":[0,'),
);

interface Sent {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const APPLICATION_JSON = "application/json";

/** All right at first sight, so that what is wrong lies in the body. */
const plausible = (statuses: readonly number[], texts: fc.Arbitrary<string>): fc.Arbitrary<Sent> =>
  fc.record({
    status: fc.constantFrom(...statuses),
    contentType: fc.constant(APPLICATION_JSON),
    headers: fc.constant({}),
    text: texts,
  });

const sent: fc.Arbitrary<Sent> = fc.oneof(
  fc.record({ status, contentType, headers, text: anyText }),
  plausible([200, 201], nearlyThing),
  plausible([200, 201], nearlyList),
  plausible([401, 402, 403, 404, 409, 422, 429], nearlyRefusal),
);

function isHeaderValue(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value);
}

/** What follows from the outcome of a create: a second request, or none. */
function meaningOf(outcome: Told["outcome"]): string {
  if (outcome === "done") return "done";
  if (outcome === "unknown-outcome") return "open";
  return outcome === "unavailable" ? "never sent, which is wrong" : "refused";
}

async function asked(
  server: AnsweringServer,
  request: keyof typeof REQUESTS,
  answer: Sent,
): Promise<Told> {
  server.received.length = 0;
  server.answer = (response) => {
    response.writeHead(answer.status, { ...answer.headers, "content-type": answer.contentType });
    response.end(answer.text);
  };
  return outcomeOf(server.url, request);
}

/** What goes over the wire has no half characters any more. */
const body = ({ text: written, contentType: type }: Sent): unknown =>
  parsed(type, written.toWellFormed());
const isSuccess = ({ status: code }: Sent): boolean => code >= 200 && code < 300;
const hasNoBody = ({ status: code }: Sent): boolean => code === 204 || code === 304;

describe("any answer", () => {
  it(
    "to a create is done for a 2xx that shows a thing, refused for a documented refusal, else open",
    async () => {
      await using server = await AnsweringServer.start();
      await fc.assert(
        fc.asyncProperty(sent, async (answer) => {
          const { outcome } = await asked(server, "create", answer);
          const shown = hasNoBody(answer) ? undefined : body(answer);
          const isDone = isSuccess(answer) && isGoodThing(shown);
          const expected = isDone ? "done" : isRefusal(answer.status, shown) ? "refused" : "open";
          expect(
            outcome === "done" ? "done" : outcome === "unknown-outcome" ? "open" : "refused",
          ).toBe(expected);
          expect(server.received.filter(({ method }) => method === "POST").length).toBeLessThan(3);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it(
    "to a list is complete only as a 200 with an array of things, all of them",
    async () => {
      await using server = await AnsweringServer.start();
      await fc.assert(
        fc.asyncProperty(sent, async (answer) => {
          const { outcome, value } = await asked(server, "list", answer);
          const shown = hasNoBody(answer) ? undefined : body(answer);
          const isWhole =
            answer.status === 200 &&
            Array.isArray(shown) &&
            shown.every((item) => isGoodThing(item));
          expect(outcome === "done").toBe(isWhole);
          if (isWhole) expect(value).toHaveLength(shown.length);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it(
    "to a get says that there is no such thing only as a documented 404",
    async () => {
      await using server = await AnsweringServer.start();
      await fc.assert(
        fc.asyncProperty(sent, async (answer) => {
          const { outcome, value } = await asked(server, "get", answer);
          const shown = hasNoBody(answer) ? undefined : body(answer);
          const isGone = answer.status === 404 && isRefusal(404, shown);
          expect(outcome === "done" && value === undefined).toBe(isGone);
          expect(outcome === "done" && value !== undefined).toBe(
            answer.status === 200 && isGoodThing(shown),
          );
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it.each(["change", "remove", "describe"] as const)(
    "to a request of the sort %s is a success only as a 2xx, or a documented 404",
    async (request) => {
      await using server = await AnsweringServer.start();
      await fc.assert(
        fc.asyncProperty(sent, async (answer) => {
          const { outcome } = await asked(server, request, answer);
          const isDocumented404 = answer.status === 404 && isRefusal(404, body(answer));
          if (outcome === "done") expect(isSuccess(answer) || isDocumented404).toBe(true);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );

  it("changes nothing that all objects have in common", async () => {
    await using server = await AnsweringServer.start();
    const text = '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}';
    for (const request of ["list", "get", "create", "describe"] as const) {
      await asked(server, request, {
        status: 200,
        contentType: "application/json",
        headers: {},
        text,
      });
    }
    expect("isAdmin" in {}).toBe(false);
  });
});

describe("an answer of a gateway", () => {
  /** RFC 9457 has a `detail` as well, and gateways and frameworks write it; the contract has `application/json` alone. */
  const FOREIGN = ["application/problem+json", "text/html; charset=json", "application/jsonl"];
  const refusal = (code: number, type: string): Sent => ({
    status: code,
    contentType: type,
    headers: {},
    text: JSON.stringify({ type: "about:blank", title: "No", detail: "No static resource" }),
  });

  it.each(FOREIGN)("is no refusal of HPC Park: %s", async (type) => {
    await using server = await AnsweringServer.start();
    const { outcome } = await asked(server, "create", refusal(409, type));
    expect(meaningOf(outcome), "it may have been made behind the gateway").toBe("open");
  });

  it.each(FOREIGN)("does not say that a thing is gone: %s", async (type) => {
    await using server = await AnsweringServer.start();
    const got = await asked(server, "get", refusal(404, type));
    const removed = await asked(server, "remove", refusal(404, type));
    expect([got.outcome, removed.outcome]).toEqual(["unavailable", "unavailable"]);
  });
});
