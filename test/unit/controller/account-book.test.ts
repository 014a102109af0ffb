import { describe, expect, it } from "vitest";
import { AccountBook } from "../../../src/controller/account-book.ts";
import type { AccountHolder } from "../../../src/controller/account-holder.ts";
import type { AccountObject } from "../../../src/controller/account-object.ts";
import { Store } from "../../../src/kube/store.ts";
import type { AccountReference } from "../../../src/provider/account-port.ts";
import { ACCOUNT_REF } from "../../../src/provider/hpc-park/account-port.ts";
import type { Session } from "../../../src/provider/session.ts";
import { connection, KEYS, NOBODY, objectOf, type Parts } from "./objects.ts";

const THERE = connection();
const NAME = "default@https://a#7";
const OPTIONAL: AccountReference = ACCOUNT_REF;

/** A namespace with one account in it, called default, and what the book says of an object. */
function choose(
  parts: Parts,
  {
    hasAccount = true,
    token = "t",
    name = NAME,
    isLeaving = false,
    reference = OPTIONAL,
    isHeld = true,
    isAsked = true,
  } = {},
): ReturnType<AccountBook["choose"]> {
  const store = new Store<AccountObject>((error) => {
    throw error;
  });
  const { metadata } = objectOf("default", {
    metadata: isLeaving ? { deletionTimestamp: "now" } : {},
  });
  if (hasAccount) store.put({ metadata, spec: {} });
  // Only these are asked for.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const session = { connection: () => THERE } as unknown as Session;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const holder = {
    uid: metadata.uid,
    name,
    session,
    token: token || undefined,
    isAsked,
  } as AccountHolder;
  const holders = new Map(hasAccount && isHeld ? [["default/default", holder]] : []);
  const book = new AccountBook({
    kind: "HpcAccount",
    reference,
    keys: KEYS,
    store,
    holders,
    own: () => NOBODY,
  });
  return book.choose(objectOf("train", parts), "HpcInstance");
}

const annotated = (account: string): Parts => ({
  metadata: { annotations: { [KEYS.account]: account, [KEYS.create]: "t attempt=1" } },
});

describe("AccountBook.choose: what was never made", () => {
  it("goes into the default account, where there is one, else into the operator's own", () => {
    expect(choose({}).connection).toBe(THERE);
    expect(choose({}, { hasAccount: false }).connection).toBe(NOBODY);
  });

  it("goes nowhere where its account does not exist, or is on its way out", () => {
    const other = choose({ spec: { accountRef: { name: "other" } } });
    expect(other.noAccount?.reason).toBe("AccountNotFound");
    expect(choose({}, { isLeaving: true }).noAccount?.reason).toBe("AccountNotReady");
  });

  it("waits while nobody has asked yet, which says nothing of the account", () => {
    const unasked = { noAccount: { reason: "AccountNotReady", isUnasked: true } };
    expect(choose({}, { isHeld: false })).toMatchObject(unasked);
    expect(choose({}, { isAsked: false, token: "" })).toMatchObject(unasked);
    expect(choose({}, { token: "" }).noAccount?.isUnasked).toBeUndefined();
  });

  it("waits where no token works", () => {
    expect(choose({}, { token: "" })).toMatchObject({ noAccount: { reason: "AccountNotReady" } });
  });
});

describe("AccountBook.choose: what was made", () => {
  it("stays in the operator's own account when a default comes", () => {
    const { connection: chosen, obstacle } = choose({ status: { id: 7 } });
    expect([chosen, obstacle]).toEqual([NOBODY, undefined]);
  });

  it("stays in its account, and that is missed when it is gone", () => {
    const made = { status: { id: 7, account: NAME } };
    expect(choose(made).connection).toBe(THERE);
    expect(choose(made, { isLeaving: true }).connection).toBe(THERE);
    expect(choose(made, { hasAccount: false }).noAccount?.reason).toBe("AccountNotFound");
  });

  it("is looked for nowhere else while the account stands for another user", () => {
    const { connection: chosen, noAccount } = choose(
      { status: { id: 7, account: NAME } },
      { name: "default@https://a#8" },
    );
    expect([chosen, noAccount?.reason]).toEqual([undefined, "AccountDiffers"]);
  });

  it("is free to go where a person says that it is gone", () => {
    const { connection: chosen } = choose({
      status: { id: 7, account: "old@https://a#7" },
      metadata: { annotations: { [KEYS.acknowledgeGone]: "7" } },
    });
    expect(chosen).toBe(THERE);
  });
});

describe("AccountBook.choose: where every resource names its account", () => {
  const reference: AccountReference = {
    path: "spec.consoleRef",
    isRequired: true,
    nameIn: () => "default",
  };

  it.each<[reason: string, parts: Parts]>([
    ["a journal", { metadata: { annotations: { [KEYS.create]: "t attempt=1" } } }],
    ["an id", { status: { id: 7 } }],
  ])("%s that says nothing of one is of that account, for there is no other", (_, parts) => {
    const { connection: chosen, noAccount, obstacle } = choose(parts, { reference });
    expect([chosen, noAccount, obstacle]).toEqual([THERE, undefined, undefined]);
  });
});

describe("AccountBook.choose: what only an annotation tells", () => {
  it("is looked for there, and made nowhere, where another account counts by now", () => {
    const { connection: chosen, obstacle } = choose(annotated("operator"));
    expect([chosen, obstacle?.reason]).toEqual([NOBODY, "AccountDiffers"]);
  });

  it("is made there where the same account counts", () => {
    const { connection: chosen, obstacle } = choose(annotated(NAME));
    expect([chosen, obstacle]).toEqual([THERE, undefined]);
  });

  it("adopts nothing by its id out of an account that is not the one that counts", () => {
    const { connection: chosen, noAccount } = choose({
      ...annotated("operator"),
      spec: { adopt: { id: 9 } },
    });
    expect([chosen, noAccount?.reason]).toEqual([undefined, "AccountDiffers"]);
  });
});
