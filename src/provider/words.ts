/** Long enough for a sentence and an id, short enough for `kubectl describe`. */
const MAX_LENGTH = 300;
/** More than is shown is looked at, so that what is hidden makes room; all of a long text would take seconds. */
const MAX_READ = 4_000;
/** Looks like a credential: a bearer header, or more characters of base64url in a row than an id has (a UUID has 36). */
const SECRET = /bearer\s+\S+|[A-Za-z0-9_-]{40,}/gi;
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** One character written as `%41`, `\u0041`, `\x41` or `&#x41;`. */
const ESCAPE = /(?:%|\\u00|\\x|&#x)([0-9a-f]{2});?/gi;
const HIDDEN = "[hidden]";

/**
 * A provider's message as it may be shown in a condition, an event or a log: one line, cut to a sane length at a
 * character's border, and without anything that looks like a credential, since some servers echo what they were sent.
 *
 * @param secrets The credentials in use, which are hidden whatever they look like and however they are written.
 */
export function cleanWords(text: string, ...secrets: readonly string[]): string {
  const plain = beginningOf(text).replace(ESCAPE, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const line = secrets
    .flatMap(formsOf)
    .reduce((rest, form) => rest.replaceAll(form, HIDDEN), plain)
    .toWellFormed()
    .replace(CONTROL, " ")
    .replace(SECRET, HIDDEN)
    .replace(/\s+/g, " ")
    .trim();
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH
    ? line
    : `${characters.slice(0, MAX_LENGTH - 1).join("")}…`;
}

/** A secret that the end would cut in two would not be known again, so the last word goes as a whole. */
function beginningOf(text: string): string {
  return text.length <= MAX_READ ? text : text.slice(0, MAX_READ).replace(/\S{1,200}$/, "");
}

function formsOf(secret: string): string[] {
  if (secret === "") return [];
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex")];
}
