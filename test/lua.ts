import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { findExecutable } from "../src/embedded/control-plane/find-executable.ts";

const run = promisify(execFile);

/** Argo CD speaks 5.1; whoever copies a script elsewhere speaks the newest. */
const PROGRAMS = ["lua5.1", "lua5.4"];
const OTHER_NAMES = ["lua", "luajit"];

/** Lua as it is on this machine. On Debian as root, what is missing is installed. */
export async function luaInterpreters(): Promise<readonly string[]> {
  const found = await present(PROGRAMS);
  if (found.length === PROGRAMS.length) return found;
  if (existsSync("/etc/debian_version") && process.getuid?.() === 0) {
    await install().catch(() => undefined);
    const installed = await present(PROGRAMS);
    if (installed.length > 0) return installed;
  }
  return found.length > 0 ? found : present(OTHER_NAMES);
}

/** Runs a script with one global value, and returns what it returns, each field as text. */
export async function runLua(
  program: string,
  script: string,
  globals: Readonly<Record<string, unknown>>,
): Promise<Record<string, string>> {
  const assignments = Object.entries(globals).map(([name, value]) => `${name} = ${literal(value)}`);
  // What Argo CD does not load must not be needed.
  const whole = [
    "local write = io.write",
    "io, os, math, string, debug = nil, nil, nil, nil, nil",
    ...assignments,
    `local function script()\n${script}\nend`,
    "for key, value in pairs(script()) do write(key, '=', value, '\\n') end",
  ].join("\n");
  const { stdout } = await run(program, ["-e", whole], { timeout: 10_000 });
  return Object.fromEntries(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

/** As Argo CD hands over an object: JSON's null is nil, a list counts from 1. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return "nil";
  if (Array.isArray(value)) return `{${value.map(literal).join(", ")}}`;
  if (typeof value === "object") {
    const entries = Object.entries(value).map(([key, one]) => `[${quoted(key)}] = ${literal(one)}`);
    return `{${entries.join(", ")}}`;
  }
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}

/** Byte by byte, for Lua's escapes are not those of JSON. */
function quoted(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, "0")}`);
  return `"${bytes.join("")}"`;
}

async function present(names: readonly string[]): Promise<string[]> {
  const paths = await Promise.all(names.map((name) => findExecutable(name)));
  return paths.filter((path) => path !== undefined);
}

async function install(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, timeout: 120_000 };
  const installing = ["install", "--yes", "--no-install-recommends", ...PROGRAMS];
  await run("apt-get", installing, options).catch(async () => {
    // A fresh image has no package lists.
    await run("apt-get", ["update"], options);
    await run("apt-get", installing, options);
  });
}
