import type { Owner } from "../credential-names.ts";
import { Answer, entriesOf } from "../answer.ts";

/** Asks with the token in question. Undefined for a documented 404. */
type Ask = (path: string, operation: string) => Promise<unknown>;

/** Whose token it is: the user of `/v1/user`, and of `/v1/token` whether it is a master token. Where either is missing, nothing is known. */
export async function readOwner(ask: Ask): Promise<Owner> {
  const user = await ask("/v1/user", "get user");
  const tokens = entriesOf(await ask("/v1/token", "list tokens"), "list tokens");
  if (user === undefined || tokens === undefined) return undefined;
  const current = tokens.find((token) => token.boolean("current") === true || tokens.length === 1);
  const seesEverything = current?.boolean("master") ?? false;
  return { user: new Answer(user, "get user").id, seesEverything };
}
