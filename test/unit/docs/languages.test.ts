import { describe, expect, it } from "vitest";
import { anchorsIn, fencesIn, linksIn } from "../../docs/markdown.ts";
import { readPage } from "../../docs/pages.ts";

const ENGLISH = readPage("docs/getting-started.md");
const RUSSIAN = readPage("docs/getting-started.ru.md");

describe("docs/getting-started.ru.md", () => {
  it("has the same commands, letter by letter", () => {
    expect(fencesIn(RUSSIAN)).toEqual(fencesIn(ENGLISH));
    expect(fencesIn(RUSSIAN).length).toBeGreaterThan(10);
  });

  it("has as many sections", () => {
    expect(anchorsIn(RUSSIAN).size).toBe(anchorsIn(ENGLISH).size);
  });

  it("leads to the same places", () => {
    const placesOf = (page: string): readonly string[] =>
      linksIn(page)
        .map(({ target }) => target.replace("getting-started.ru.md", "getting-started.md"))
        .toSorted();
    expect(placesOf(RUSSIAN)).toEqual(placesOf(ENGLISH));
  });
});
