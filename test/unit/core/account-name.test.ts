import { describe, expect, it } from "vitest";
import {
  nameOfAccount,
  objectNameIn,
  OPERATORS_OWN,
  placeOf,
  rememberedAccount,
  wordOfPlace,
} from "../../../src/core/account-name.ts";

const PLACE = { server: "https://api.hpc-park.ru", user: "7" };
const DEFAULT = nameOfAccount("default", PLACE);
const NOTHING = { hasRecordedId: false, hasIntent: false };

describe("the name of an account", () => {
  it("holds the object's name, the server and the user", () => {
    expect(DEFAULT).toBe("default@https://api.hpc-park.ru#7");
    expect(objectNameIn(DEFAULT)).toBe("default");
    expect(objectNameIn(OPERATORS_OWN)).toBeUndefined();
  });

  it.each([PLACE, { server: "http://127.0.0.1:1", user: undefined }])(
    "leads back to %o",
    (place) => {
      expect(placeOf(wordOfPlace(place))).toEqual(place);
    },
  );
});

describe("rememberedAccount", () => {
  it.each([
    ["nothing was ever made", {}, undefined],
    ["the status says so", { recorded: DEFAULT, hasRecordedId: true }, [DEFAULT, true]],
    [
      "the status counts more than the annotation, which anybody can write",
      { recorded: DEFAULT, hasRecordedId: true, annotated: OPERATORS_OWN },
      [DEFAULT, true],
    ],
    ["an id alone is of the operator's own", { hasRecordedId: true }, [OPERATORS_OWN, true]],
    [
      "an id in the status is of the operator's own, whatever is annotated",
      { hasRecordedId: true, annotated: DEFAULT },
      [OPERATORS_OWN, true],
    ],
    ["a create request is under way", { annotated: DEFAULT, hasIntent: true }, [DEFAULT, false]],
    ["it was found again, and nothing is recorded yet", { annotated: DEFAULT }, [DEFAULT, false]],
    ["the journal is of an older version", { hasIntent: true }, [OPERATORS_OWN, false]],
    ["there is none but those that are named", { hasIntent: true, isAlwaysNamed: true }, undefined],
    [
      "the annotation counts where an id alone says nothing",
      { hasRecordedId: true, annotated: DEFAULT, isAlwaysNamed: true },
      [DEFAULT, false],
    ],
    [
      "what is said explicitly counts also where all are named",
      { recorded: OPERATORS_OWN, hasRecordedId: true, isAlwaysNamed: true },
      [OPERATORS_OWN, true],
    ],
  ] as const)("%s", (_, record, expected) => {
    const remembered = rememberedAccount({ ...NOTHING, ...record });
    expect(remembered && [remembered.account, remembered.isProven]).toEqual(expected);
  });
});
