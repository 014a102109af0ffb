import { describe, expect, it } from "vitest";
import type { Dependencies } from "../../../src/controller/dependencies.ts";
import { markerOfObject } from "../../../src/controller/managed-object.ts";
import { takeBack } from "../../../src/controller/take-back.ts";
import { labelWithMarker } from "../../../src/core/marker.ts";
import { instanceKind } from "../../../src/provider/hpc-park/instance.ts";
import { thing } from "../core/situations.ts";
import { connection, objectOf, runtimeOf } from "./objects.ts";

interface Case {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly label?: string;
  /** A GET says that there is no such thing. */
  readonly isDenied?: boolean;
  readonly isListed?: boolean;
  readonly quietAtMs?: number;
}

/** Takes back what a create request made for an object that is gone. Returns what became of it, and which ids were asked to be deleted. */
async function takenBack({
  spec = {},
  label,
  isDenied = false,
  isListed = true,
  quietAtMs = 0,
}: Case): Promise<[outcome: string, removed: readonly string[]]> {
  const removed: string[] = [];
  const object = objectOf("train", { spec });
  const runtime = runtimeOf(instanceKind);
  const marker = markerOfObject(object, runtime.identification);
  const made = thing("17", { label: label ?? labelWithMarker("default/train", marker, 255) });
  const account = connection({
    credential: "first",
    get: async () => (isDenied ? undefined : made),
    list: async () => (isListed ? [made] : []),
    remove: async (id) => {
      removed.push(id);
      return true;
    },
  });
  const dependencies = { runtime, now: () => 0, signal: new AbortController().signal };
  const outcome = await takeBack(
    { id: "17", object, connection: account, quietAtMs },
    // Nothing else of a reconcile is asked before the request's turn comes.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    dependencies as unknown as Dependencies,
  );
  return [outcome, removed];
}

describe("what was made for an object that is gone", () => {
  it.each<[string, object, string, readonly string[]]>([
    ["is deleted, for nobody else would", {}, "deleted", ["17"]],
    ["stays where it is to be retained", { deletionPolicy: "Retain" }, "to stay", []],
    ["stays where it is protected", { deletionProtection: true }, "protected", []],
    [
      "is to be retained, whether or not it is protected",
      { deletionPolicy: "Retain", deletionProtection: true },
      "to stay",
      [],
    ],
  ])("%s", async (_, spec, outcome, removed) => {
    expect(await takenBack({ spec: { ...spec } })).toEqual([outcome, removed]);
  });

  it("stays where it bears no marker of ours any more", async () => {
    expect(await takenBack({ label: "somebody's" })).toEqual(["to stay", []]);
  });

  it("stays where only the list shows that it bears no marker of ours any more", async () => {
    expect(await takenBack({ isDenied: true, label: "somebody's" })).toEqual(["to stay", []]);
  });

  it("is deleted where only the list shows it", async () => {
    expect(await takenBack({ isDenied: true })).toEqual(["deleted", ["17"]]);
  });

  it("is gone where a late list lacks it, too", async () => {
    expect(await takenBack({ isDenied: true, isListed: false })).toEqual(["gone", []]);
  });

  it("is not taken for gone while a list may be too early to show it", async () => {
    const tooEarly = takenBack({ isDenied: true, isListed: false, quietAtMs: 1 });
    await expect(tooEarly).rejects.toThrow("17 is not shown yet");
  });
});
