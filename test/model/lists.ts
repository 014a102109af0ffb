import type { ListFault, RemoteFault } from "./faults.ts";
import type { ModelPark, ModelThing } from "./model-park.ts";

/** What a list shows, honest or not. What is hidden at first is in no list. */
export function shownBy(
  park: ModelPark,
  fault: ListFault | RemoteFault | undefined,
  lagMs: number,
  nowMs: number,
): ModelThing[] {
  const visible = park.asOf(lagMs).filter(({ visibleAtMs }) => visibleAtMs <= nowMs - lagMs);
  switch (fault) {
    case "empty list":
      return [];
    case "newest missing":
      return visible.slice(0, -1);
    case "half a list":
      return visible.filter((_, index) => index % 2 === 0);
    default:
      return visible;
  }
}
