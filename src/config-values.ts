import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** How the text of an option becomes its value. Each throws an Error whose message ends the sentence "<variable> …". */

export const text = (value: string): string => value;
export function nonEmpty(value: string): string {
  if (value.trim() !== "") return value;
  throw new Error("must not be empty");
}

export const list = (value: string): string[] =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

export function flag(value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw new Error(`must be true or false, not "${value}"`);
}

export function url(value: string): string {
  const parsed = URL.parse(value);
  // It would be logged, and shown to whoever reads the process's arguments.
  if (parsed !== null && parsed.username + parsed.password !== "")
    throw new Error("must not hold a user name or a password");
  if (parsed?.protocol === "https:" || parsed?.protocol === "http:") return value;
  throw new Error(`must be an http or https URL, not "${value}"`);
}

export const urls = (value: string): string[] => list(value).map(url);

export function oneOf(allowed: readonly string[]): (value: string) => string {
  return (value) => {
    if (allowed.includes(value)) return value;
    throw new Error(`must be one of ${allowed.join(", ")}, not "${value}"`);
  };
}

/** At least one of them. */
export function someOf(allowed: readonly string[]): (value: string) => readonly string[] {
  return (value) => {
    const items = [...new Set(list(value))];
    if (items.length > 0 && items.every((item) => allowed.includes(item))) return items;
    throw new Error(`must name some of ${allowed.join(", ")}, not "${value}"`);
  };
}

export function number(min: number, max: number): (value: string) => number {
  return (value) => {
    const parsed = value.trim() === "" ? Number.NaN : Number(value);
    if (parsed >= min && parsed <= max) return parsed;
    throw new Error(`must be a number from ${min} to ${max}, not "${value}"`);
  };
}

export function whole(min: number, max: number): (value: string) => number {
  const parse = number(min, max);
  return (value) => {
    if (Number.isInteger(parse(value))) return parse(value);
    throw new Error(`must be a whole number, not "${value}"`);
  };
}

/** Seconds as people write them, milliseconds as the program counts. */
export function seconds(min: number, max: number): (value: string) => number {
  const parse = number(min, max);
  return (value) => Math.round(parse(value) * 1000);
}

/** The content of a PEM file that holds at least one certificate. */
export function certificatesIn(path: string): string {
  const pem = contentOf(path);
  try {
    void new X509Certificate(pem);
    return pem;
  } catch {
    throw new Error(`must name a PEM file with certificates; ${path} holds none`);
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Error(`names ${path}, which cannot be read`);
  }
}
