import { describe, expect, it } from "vitest";
import { kinds } from "../../../src/api/kinds.ts";
import { optionNames, OPTIONS } from "../../../src/config-options.ts";
import { allPages, readPage } from "../../docs/pages.ts";

/** Written like our options, and somebody else's. */
const OTHERS: ReadonlySet<string> = new Set([
  "K3S_IMAGE",
  "KUBEBUILDER_ASSETS",
  "MALLOC_ARENA_MAX",
  "NODE_COMPILE_CACHE",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "POD_NAME",
  "SIGN_WITH_COSIGN",
  "SOURCE_DATE_EPOCH",
  ...opentelemetry(),
]);

/** Its standard variables; test/unit/tracing/ tries what they do. */
function opentelemetry(): readonly string[] {
  const names = ["SDK_DISABLED", "SERVICE_NAME", "RESOURCE_ATTRIBUTES", "PROPAGATORS"];
  const traces = ["TRACES_EXPORTER", "TRACES_SAMPLER", "TRACES_SAMPLER_ARG", "BSP_MAX_QUEUE_SIZE"];
  const otlp = ["ENDPOINT", "TRACES_ENDPOINT", "HEADERS", "TIMEOUT"];
  return [...names, ...traces, ...otlp.map((name) => `EXPORTER_OTLP_${name}`)].map(
    (name) => `OTEL_${name}`,
  );
}

const PACKAGE: { readonly version: string; readonly scripts: Readonly<Record<string, string>> } =
  JSON.parse(readPage("package.json"));
const options = new Set(optionNames().map((name) => OPTIONS[name].variable));

function all(page: string, pattern: RegExp): readonly string[] {
  return [...readPage(page).matchAll(pattern)].map(([, name = ""]) => name);
}

describe.each(allPages())("%s", (page) => {
  it("names no option that there is not", () => {
    const named = all(page, /(?<![\w-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?![\w])/g);
    expect(named.filter((name) => !options.has(name) && !OTHERS.has(name))).toEqual([]);
  });

  it("names no script that package.json has not", () => {
    const named = all(page, /\bnpm run ([\w:-]+)/g);
    expect(named.filter((name) => !(name in PACKAGE.scripts))).toEqual([]);
  });

  it("names no kind that there is not", () => {
    const known = new Set(kinds.map(({ kind }) => kind));
    const named = all(page, /`((?:Hpc|Element)(?!Park)[A-Z]\w+?)s?`/g);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe("CHANGELOG.md", () => {
  it("has a section for this version, and one for what comes next", () => {
    const versions = all("CHANGELOG.md", /^## \[([^\]]+)\]/gm);
    expect(versions).toContain(PACKAGE.version);
    expect(versions[0]).toBe("Unreleased");
  });
});

describe("continuous integration", () => {
  it("runs the README's second command as it stands", () => {
    const lines = readPage(".ci/run").split("\n");
    expect(lines).toContain("npm test");
    expect(readPage("README.md")).toContain("\nnpm test\n");
  });
});
