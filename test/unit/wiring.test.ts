import { describe, expect, it } from "vitest";
import { isReadableOnTheWay } from "../../src/wiring.ts";

describe("a URL over which the token can be read on the way", () => {
  it.each(["http://hpc-park.ru", "http://10.0.0.1:80/api", "http://localhost.evil.example"])(
    "%s",
    (url) => expect(isReadableOnTheWay(url)).toBe(true),
  );

  it.each(["https://hpc-park.ru", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"])(
    "is not %s",
    (url) => expect(isReadableOnTheWay(url)).toBe(false),
  );
});
