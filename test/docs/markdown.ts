/** A block between fences. */
export interface Fence {
  readonly language: string;
  readonly text: string;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

/** In a list a block is as far in as the text of its item. */
const FENCE = /^( *)```(\w*)\n(.*?)^ *```$/gms;
const INLINE_CODE = /`[^`\n]*`/g;
const LINK = /\]\(([^)\s]+)\)/g;
const BARE_URL = /\bhttps?:\/\/[^\s)>\]|]+/g;

export function fencesIn(page: string): readonly Fence[] {
  return [...page.matchAll(FENCE)].map(([, indent = "", language = "", text = ""]) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** Links and bare URLs, those in code left out. */
export function linksIn(page: string): readonly Link[] {
  return proseOf(page)
    .split("\n")
    .flatMap((text, index) => {
      const links = [...text.matchAll(LINK)].map(([, target = ""]) => target);
      const urls = [...text.replaceAll(LINK, "]").matchAll(BARE_URL)].map(([url]) =>
        url.replace(/[.,;:!?]+$/, ""),
      );
      return [...links, ...urls].map((target) => ({ target, line: index + 1 }));
    });
}

/** What a `#…` may name on a page, by GitHub's rule: letters and digits of any script, hyphens for spaces, a number for a second one. */
export function anchorsIn(page: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const anchors = headingsIn(page).map((heading) => {
    const slug = slugOf(heading);
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  return new Set(anchors);
}

function headingsIn(page: string): readonly string[] {
  const prose = page.replaceAll(FENCE, "");
  return [...prose.matchAll(/^#{1,6} +(.+?)\s*$/gm)].map(([, text = ""]) => text);
}

function slugOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return text.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "").replaceAll(" ", "-");
}

/** Blank where there was code, so that lines keep their numbers. */
function proseOf(page: string): string {
  const blank = (text: string): string => text.replaceAll(/[^\n]/g, " ");
  return page.replaceAll(FENCE, blank).replaceAll(INLINE_CODE, blank);
}
