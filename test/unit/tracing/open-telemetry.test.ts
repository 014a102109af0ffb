import { describe, expect, it } from "vitest";
import { KubeError } from "../../../src/kube/errors.ts";
import { ProviderError } from "../../../src/provider/errors.ts";
import type { Tracing } from "../../../src/tracing.ts";
import type { CollectedSpan } from "../../trace-collector.ts";
import { named, RECONCILE, trace } from "./traced-work.ts";

const CREATE = {
  operation: "create instance",
  method: "POST",
  url: new URL("https://api.hpc-park.ru/v1/instance/?dry=1"),
};
const PATCH = {
  operation: "patch hpcinstances/status",
  method: "PATCH",
  url: new URL("https://127.0.0.1:6443/apis/hpc-park.ru/v1alpha1/x"),
};

/** The spans that some work leaves. */
async function spansOf(
  work: (tracing: Tracing) => Promise<unknown>,
): Promise<readonly CollectedSpan[]> {
  const { tracing, end } = await trace();
  await work(tracing);
  return end();
}

describe("work and the requests of it", () => {
  it("are one trace, and the request says to the other side which", async () => {
    let headers = {};
    const spans = await spansOf((tracing) =>
      tracing.inTrace(RECONCILE, async () => {
        const sent = tracing.toProvider("hpc-park")(CREATE);
        headers = sent?.headers ?? {};
        sent?.end({ status: 201 });
        tracing.toApiServer(PATCH)?.end({ status: 200 });
        tracing.note({ action: "create", reason: undefined });
      }),
    );

    const work = named(spans, "reconcile HpcInstance");
    const request = named(spans, "create instance");
    expect(work).toMatchObject({
      kind: 1,
      attributes: {
        "hpc_park_operator.controller": "HpcInstance",
        "k8s.namespace.name": "team",
        "hpc_park_operator.name": "trainer",
        "hpc_park_operator.action": "create",
      },
    });
    expect(work.parentSpanId).toBeUndefined();
    expect(request).toMatchObject({
      kind: 3,
      traceId: work.traceId,
      parentSpanId: work.spanId,
      status: { code: 0 },
      attributes: {
        "http.request.method": "POST",
        "server.address": "api.hpc-park.ru",
        "server.port": 443,
        "url.path": "/v1/instance/",
        "http.response.status_code": 201,
        "hpc_park_operator.provider": "hpc-park",
      },
    });
    expect(named(spans, "patch hpcinstances/status").parentSpanId).toBe(work.spanId);
    expect(headers).toEqual({ traceparent: `00-${work.traceId}-${request.spanId}-01` });
  });

  it("are apart from work that is under way beside them", async () => {
    const both = Promise.withResolvers<undefined>();
    const spans = await spansOf(async (tracing) => {
      const one = (key: string): Promise<void> =>
        tracing.inTrace({ ...RECONCILE, key }, async () => {
          await both.promise;
          tracing
            .toProvider("hpc-park")({ ...CREATE, operation: key })
            ?.end({ status: 201 });
        });
      const works = [one("a/a"), one("b/b")];
      both.resolve(undefined);
      await Promise.all(works);
    });

    for (const name of ["a", "b"]) {
      const work = spans.find((span) => span.attributes["hpc_park_operator.name"] === name);
      expect(named(spans, `${name}/${name}`).parentSpanId).toBe(work?.spanId);
    }
  });

  it("are traces of their own where work begins within other work", async () => {
    const spans = await spansOf((tracing) =>
      tracing.inTrace(RECONCILE, async () => {
        await tracing.inTrace({ verb: "look at", kind: "HpcInstance" }, async () =>
          tracing
            .toProvider("hpc-park")({ ...CREATE, operation: "list" })
            ?.end({ status: 200 }),
        );
        tracing.toProvider("hpc-park")(CREATE)?.end({ status: 201 });
      }),
    );

    const look = named(spans, "look at HpcInstance");
    expect(look.parentSpanId).toBeUndefined();
    expect(look.traceId).not.toBe(named(spans, "reconcile HpcInstance").traceId);
    expect(named(spans, "list").parentSpanId).toBe(look.spanId);
    expect(named(spans, "create instance").traceId).not.toBe(look.traceId);
  });

  it("have nothing to do with what goes on after the work", async () => {
    const over = Promise.withResolvers<undefined>();
    const spans = await spansOf(async (tracing) => {
      let later: Promise<void> = Promise.resolve();
      await tracing.inTrace(RECONCILE, async () => {
        tracing.toProvider("hpc-park")(CREATE)?.end({ status: 201 });
        const goOn = (): void => {
          expect(tracing.toApiServer(PATCH)).toBeUndefined();
          expect(tracing.ids()).toBeUndefined();
          tracing
            .toProvider("hpc-park")({ ...CREATE, operation: "get bill" })
            ?.end({});
        };
        later = over.promise.then(goOn);
      });
      over.resolve(undefined);
      await later;
    });

    expect(named(spans, "get bill").parentSpanId).toBeUndefined();
  });
});

describe("work that is not told", () => {
  it("is what asked nobody and did not fail", async () => {
    const spans = await spansOf((tracing) =>
      tracing.inTrace(RECONCILE, async () => tracing.note({ action: "nothing" })),
    );

    expect(spans).toEqual([]);
  });

  it.each<[string, (tracing: Tracing) => void]>([
    ["asked the API server", (tracing) => tracing.toApiServer(PATCH)?.end({ status: 200 })],
    ["failed", (tracing) => tracing.fail(new KubeError("conflict", "read again"))],
    ["is named by a line of the log", (tracing) => void tracing.ids()],
  ])("is not what %s", async (_, happen) => {
    const spans = await spansOf((tracing) =>
      tracing.inTrace(RECONCILE, async () => happen(tracing)),
    );

    expect(spans.map(({ name }) => name)).toContain("reconcile HpcInstance");
  });
});

describe("a failure", () => {
  const secret = "SeCrEtSeCrEtSeCrEtSeCrEtSeCrEtSeCrEtSeCrEt0";

  it.each([
    [
      "is of the status that the provider refused with",
      { status: 422, error: new ProviderError("invalid", "no such GPU (422)", { status: 422 }) },
      { type: "422", message: "no such GPU (422)" },
    ],
    [
      "is of the error's code where there was no answer",
      { error: new ProviderError("unknown-outcome", "cut", { code: "ECONNRESET" }) },
      { type: "ECONNRESET", message: "cut" },
    ],
    [
      "is of its kind where a good answer cannot be read",
      { status: 200, error: new ProviderError("unavailable", "no JSON", { status: 200 }) },
      { type: "unavailable", message: "no JSON" },
    ],
    ["is a conflict of the API server", { status: 409 }, { type: "409" }],
    [
      "tells no credential",
      { error: new ProviderError("unavailable", `echoed Bearer ${secret}`) },
      { type: "unavailable", message: "echoed [hidden]" },
    ],
    [
      "of a library tells nothing of its message",
      { error: Object.assign(new Error(`with ${secret}`), { code: "EPIPE" }) },
      { type: "EPIPE" },
    ],
  ])("%s", async (_, outcome, { type, ...rest }) => {
    const spans = await spansOf(async (tracing) =>
      tracing.toProvider("hpc-park")(CREATE)?.end(outcome),
    );

    expect(named(spans, "create instance").status).toEqual({ code: 2, ...rest });
    expect(named(spans, "create instance").attributes["error.type"]).toBe(type);
    expect(JSON.stringify(spans)).not.toContain(secret);
  });

  it("is none where a thing is not there", async () => {
    const spans = await spansOf(async (tracing) =>
      tracing.toProvider("hpc-park")(CREATE)?.end({ status: 404 }),
    );

    expect(named(spans, "create instance").status.code).toBe(0);
  });

  it("of the work is the work's, and goes on to its caller", async () => {
    const error = new ProviderError("quota", "no more GPUs");
    const spans = await spansOf((tracing) =>
      expect(tracing.inTrace(RECONCILE, () => Promise.reject(error))).rejects.toBe(error),
    );

    const { status, attributes } = named(spans, "reconcile HpcInstance");
    expect(status).toEqual({ code: 2, message: "no more GPUs" });
    expect(attributes["error.type"]).toBe("quota");
  });
});
