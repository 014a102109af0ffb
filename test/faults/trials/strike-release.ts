import { until } from "../../until.ts";
import type { World } from "../world.ts";

/** A deletion by force is nobody's word that the thing is gone: I2 speaks of what the operator lets go of. */
export async function strikeRelease({ history }: World, name: string): Promise<void> {
  const { revisions } = history;
  const index = await until("the deletion is in the history", () => {
    const at = revisions.findIndex(
      ({ type, object }) => type === "DELETED" && object.metadata.name === name,
    );
    return at >= 0 && { at };
  });
  revisions.splice(index.at, 1);
}
