import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsIn, linksIn } from "../../docs/markdown.ts";
import { allPages, readPage } from "../../docs/pages.ts";
import { PROJECT } from "../../project.ts";

/** Whom a page may point to. Nobody is asked: tests reach no network. */
const HOSTS: ReadonlySet<string> = new Set([
  "1cmycloud.com",
  "api.hpc-park.ru",
  "hpc-park.ru",
  "keepachangelog.com",
  "opentelemetry.io",
  "semver.org",
  "www.w3.org",
]);

/** What is wrong with a link; undefined where it leads somewhere. */
function faultOf(page: string, target: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/.test(target)) {
    const url = URL.parse(target);
    if (url?.protocol !== "https:") return "is no https URL";
    return HOSTS.has(url.hostname) ? undefined : "is of a host that is not on the list";
  }
  const [path = "", anchor] = target.split("#", 2);
  const file = path === "" ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (file.startsWith("..") || !existsSync(join(PROJECT, file))) return `there is no ${file}`;
  if (anchor === undefined) return undefined;
  const anchors = file.endsWith(".md") ? anchorsIn(readPage(file)) : new Set<string>();
  return anchors.has(decodeURIComponent(anchor)) ? undefined : `${file} has no heading #${anchor}`;
}

describe("the links", () => {
  it.each(allPages())("of %s lead somewhere", (page) => {
    const faults = linksIn(readPage(page)).flatMap(({ target, line }) => {
      const fault = faultOf(page, target);
      return fault === undefined ? [] : [`${page}:${line}: ${target}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  it.each([
    ["a file that is not there", "nowhere.md"],
    ["a heading that is not there", "docs/safety.md#nowhere"],
    ["a heading of a file that is no page", "package.json#name"],
    ["a place outside", "../elsewhere.md"],
    ["no TLS", "http://hpc-park.ru"],
    ["a host that is not on the list", "https://example.com/"],
  ])("to %s are told", (_, target) => {
    expect(faultOf("README.md", target)).toBeDefined();
  });

  it("are found in lists, tables and pictures, and bare, but not in code", () => {
    const page = [
      "- [a](a.md), ![b](b.svg) | [c](c.md#d)",
      "`[e](e.md)` see https://f.example.",
      "```",
      "[g](g.md)",
      "```",
    ].join("\n");
    expect(linksIn(page)).toEqual([
      { target: "a.md", line: 1 },
      { target: "b.svg", line: 1 },
      { target: "c.md#d", line: 1 },
      { target: "https://f.example", line: 2 },
    ]);
  });

  it("name headings as GitHub does", () => {
    const page = "# A `b` c, d!\n## Резервная копия\n## The same\n## The same\n```\n# none\n```\n";
    expect([...anchorsIn(page)]).toEqual(["a-b-c-d", "резервная-копия", "the-same", "the-same-1"]);
  });
});

describe("docs/README.md", () => {
  it("has a line for every page of docs/", () => {
    const targets = new Set(linksIn(readPage("docs/README.md")).map(({ target }) => target));
    const pages = allPages()
      .filter((page) => page.startsWith("docs/") && page !== "docs/README.md")
      .map((page) => page.slice("docs/".length))
      // The kinds have an index of their own.
      .filter((page) => !page.startsWith("kinds/") || page === "kinds/README.md");
    expect(pages.filter((page) => !targets.has(page))).toEqual([]);
  });
});
