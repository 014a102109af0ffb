import type { RemoteThing } from "../../core/observation.ts";
import { cleanWords } from "../words.ts";
import type { Answer } from "../answer.ts";

export type Headline = RemoteThing["headline"];

/** What a person should read about a state that every section of the API has, or that none documents. */
export function commonHeadline(state: string, answer: Answer): Headline {
  switch (state) {
    case "creating":
      return { reason: "Creating", message: "HPC Park is creating it" };
    case "deleting":
      return { reason: "Deleting", message: "HPC Park is deleting it" };
    case "error": {
      const words = cleanWords(answer.words("error") ?? "no reason given");
      return { reason: "RemoteFailed", message: `HPC Park reports an error: ${words}` };
    }
    default:
      return { reason: "StateUnknown", message: `HPC Park says "${cleanWords(state)}"` };
  }
}
