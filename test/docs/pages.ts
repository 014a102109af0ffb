import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.ts";

/** Every page of the checkout, by its path in it. */
export function allPages(): readonly string[] {
  const exclude = (name: string): boolean => name === "node_modules" || name === "dist";
  return globSync("**/*.md", { cwd: PROJECT, exclude }).toSorted();
}

export function readPage(path: string): string {
  return readFileSync(join(PROJECT, path), "utf8");
}
