import { describe, expect, it } from "vitest";
import { labelWithMarker } from "../../../src/core/marker.ts";
import { changesBetween, Snapshot } from "../../../src/provider/snapshot.ts";
import { FOREIGN_MARKER, MARKER, thing } from "../core/situations.ts";

const unmarked = { label: "plain" };

describe("Snapshot", () => {
  it("finds things by id and by marker", () => {
    const snapshot = new Snapshot(5, "first", [thing("1"), thing("2", unmarked)]);
    expect(snapshot.lookedAtMs).toBe(5);
    expect(snapshot.size).toBe(2);
    expect(snapshot.byId("2")).toMatchObject({ id: "2" });
    expect(snapshot.byId("3")).toBeUndefined();
    expect(snapshot.byMarker(MARKER)).toMatchObject([{ id: "1" }]);
    expect(snapshot.byMarker(FOREIGN_MARKER)).toEqual([]);
  });

  it("has the lowest id first, by number and not by letter", () => {
    const snapshot = new Snapshot(0, "first", [thing("10"), thing("9"), thing("100")]);
    expect(snapshot.byMarker(MARKER).map(({ id }) => id)).toEqual(["9", "10", "100"]);
  });

  it("orders ids that are no numbers too", () => {
    const snapshot = new Snapshot(0, "first", [thing("b"), thing("a")]);
    expect(snapshot.byMarker(MARKER).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("counts a thing that is listed twice once", () => {
    const snapshot = new Snapshot(0, "first", [thing("1"), thing("1", { state: "off" })]);
    expect(snapshot.size).toBe(1);
    expect(snapshot.byMarker(MARKER)).toMatchObject([{ id: "1", state: "off" }]);
  });
});

describe("changesBetween", () => {
  const ids = (before: Snapshot | undefined, after: Snapshot): string[] => [
    ...changesBetween(before, after).ids,
  ];
  const of = (...things: ReturnType<typeof thing>[]): Snapshot => new Snapshot(0, "first", things);

  it("finds everything new in the first snapshot", () => {
    expect(ids(undefined, of(thing("1"), thing("2")))).toEqual(["1", "2"]);
  });

  it("finds nothing where nothing has changed", () => {
    const { ids: changed, markers } = changesBetween(of(thing("1")), of(thing("1")));
    expect([changed.size, markers.size]).toEqual([0, 0]);
  });

  it("finds what is new, what is gone and what is otherwise", () => {
    const before = of(thing("1"), thing("2"), thing("3"));
    const after = of(thing("2"), thing("3", { state: "off" }), thing("4"));
    expect(ids(before, after).toSorted()).toEqual(["1", "3", "4"]);
  });

  it("names the markers of what changed, so that things without a record wake their resource", () => {
    const { markers } = changesBetween(of(), of(thing("1")));
    expect([...markers]).toEqual([MARKER]);
  });

  it("names both markers where a label was changed", () => {
    const renamed = thing("1", { label: labelWithMarker("x", FOREIGN_MARKER, 255) });
    const { markers } = changesBetween(of(thing("1")), of(renamed));
    expect([...markers].toSorted()).toEqual([MARKER, FOREIGN_MARKER]);
  });

  it("names the lost marker where a label lost it", () => {
    const { markers } = changesBetween(of(thing("1")), of(thing("1", unmarked)));
    expect([...markers]).toEqual([MARKER]);
  });
});
