/** Long enough for a sentence and an id, short enough for `kubectl describe`. */
const MAX_LENGTH = 300;
/** Looks like a credential: a bearer header, or more characters of base64url in a row than an id has (a UUID has 36). */
const SECRET = /bearer\s+\S+|[A-Za-z0-9_-]{40,}/gi;
const CONTROL = /[\p{Cc}\p{Cf}]+/gu;

/**
 * A provider's message as it may be shown in a condition, an event or a log: one line, cut to a sane length at a
 * character's border, and without anything that looks like a credential, since some servers echo what they were sent.
 */
export function cleanWords(text: string): string {
  const line = text.replace(CONTROL, " ").replace(SECRET, "[hidden]").replace(/\s+/g, " ").trim();
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH
    ? line
    : `${characters.slice(0, MAX_LENGTH - 1).join("")}…`;
}
