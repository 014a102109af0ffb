import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fixedToken, tokenFromFile } from "../../../src/provider/token-source.ts";

describe("fixedToken", () => {
  it("takes blanks around the token away", async () => {
    await expect(fixedToken(" abc\n")()).resolves.toBe("abc");
  });

  it.each(["", " \n", "a b", "a\nb", "tökén", "a\u0000b"])("refuses %j", async (token) => {
    await expect(fixedToken(token)()).rejects.toMatchObject({ kind: "unauthorized" });
  });

  it("does not show what it refuses", async () => {
    await expect(fixedToken("secret one")()).rejects.not.toThrow(/secret/);
  });
});

describe("tokenFromFile", () => {
  let directory: string;
  let nowMs: number;
  const now = (): number => nowMs;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "token-"));
    nowMs = 0;
  });

  afterEach(async () => rm(directory, { recursive: true }));

  it("reads the file anew after a second, not before", async () => {
    const path = join(directory, "token");
    await writeFile(path, "first\n");
    const token = tokenFromFile(path, now);
    expect(await token()).toBe("first");
    await writeFile(path, "second\n");
    nowMs = 999;
    expect(await token()).toBe("first");
    nowMs = 1_000;
    expect(await token()).toBe("second");
  });

  it("follows a symbolic link that is swapped, as a mounted Secret does it", async () => {
    await writeFile(join(directory, "v1"), "first");
    await writeFile(join(directory, "v2"), "second");
    const path = join(directory, "token");
    await symlink("v1", path);
    const token = tokenFromFile(path, now);
    expect(await token()).toBe("first");
    await symlink("v2", join(directory, "new"));
    await rename(join(directory, "new"), path);
    nowMs = 1_000;
    expect(await token()).toBe("second");
  });

  it("says which file cannot be read, and reads it once it is there", async () => {
    const path = join(directory, "token");
    const token = tokenFromFile(path, now);
    await expect(token()).rejects.toMatchObject({
      kind: "unauthorized",
      message: `the token file ${path} cannot be read`,
    });
    await writeFile(path, "late");
    nowMs = 1_000;
    expect(await token()).toBe("late");
  });

  it("says that a file is empty", async () => {
    const path = join(directory, "token");
    await writeFile(path, "\n");
    await expect(tokenFromFile(path, now)()).rejects.toThrow(`the token in ${path} is empty`);
  });
});
