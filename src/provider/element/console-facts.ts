import type { AccountFacts } from "../account-port.ts";
import type { Answer } from "../answer.ts";
import { ProviderError } from "../errors.ts";
import { cleanWords } from "../words.ts";
import type { Panel } from "./panel.ts";

/** More than any panel has, and what the status has room for. */
const MAX_ENTRIES = 256;
/** Without a size the panel may leave out what is beyond the first few. */
const SPACES = `/spaces?result=page&page=0&size=${MAX_ENTRIES}`;

/** Whose client it is, and the spaces that the user sees. Only the first is needed: what else cannot be read is left out. */
export async function readConsoleFacts(
  panel: Panel,
  expiresAt: () => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<AccountFacts> {
  const user = await panel.read("/me", "get user", signal);
  const spaces = await optional(() => panel.list(SPACES, "list spaces", ["content"], signal));
  const shown = spaces?.slice(0, MAX_ENTRIES);
  return {
    user: user.textId,
    // What a client may see is what its user may.
    seesEverything: true,
    summary: `the panel takes the client of ${cleanWords(nameOf(user))}`,
    status: {
      user: { id: user.textId, name: user.text("presentation"), login: user.text("login") },
      token: { expiresAt: await expiresAt() },
      spaces: shown?.map(spaceView),
    },
    figures: (shown ?? []).flatMap(spaceFigures),
  };
}

function nameOf(user: Answer): string {
  return user.words("presentation") ?? user.words("login") ?? `user ${user.textId}`;
}

function spaceView(space: Answer): Record<string, unknown> {
  return {
    id: space.text("id"),
    name: space.text("name"),
    applications: space.integer("applications-count"),
    applicationsQuota: space.integer("applications-quota"),
    usersQuota: space.integer("users-quota"),
  };
}

function spaceFigures(space: Answer): AccountFacts["figures"] {
  const name = space.text("name") ?? space.text("id");
  if (name === undefined) return [];
  const of = `applications:${name}`;
  const used = space.integer("applications-count");
  const limit = space.integer("applications-quota");
  return [
    ...(used === undefined ? [] : [{ name: "used", of, value: used }]),
    ...(limit === undefined ? [] : [{ name: "limit", of, value: limit }]),
  ];
}

/** Not every user may see them; a bad client is a failure of all. */
async function optional<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProviderError && error.kind !== "unauthorized") return undefined;
    throw error;
  }
}
