import type { FaultEffect } from "../../src/embedded/simulator/faults.ts";

/** What befalls an answer on its way, and what others answer in the provider's stead. None of it says anything of a thing. */
export const DOUBTFUL: readonly (readonly [reason: string, effect: FaultEffect])[] = [
  ["the connection is cut before the answer", { kind: "reset-before" }],
  ["the answer is lost", { kind: "lose-answer" }],
  ["the answer is half a JSON", { kind: "cut-body", how: "body" }],
  ["the connection is cut within the answer", { kind: "cut-body", how: "connection" }],
  ["nobody answers", { kind: "hang" }],
  ["a proxy has no route", { kind: "plain-404" }],
  [
    "a proxy answers 404 in JSON of its own",
    { kind: "status", status: 404, body: { message: "no" } },
  ],
  ["a proxy answers 401", { kind: "status", status: 401, body: "<html>" }],
  ["a proxy answers 403", { kind: "status", status: 403, body: "<html>" }],
  ["a proxy answers 409", { kind: "status", status: 409, body: "conflict" }],
  ["a gateway fails", { kind: "status", status: 502, body: "<html>bad gateway</html>" }],
  ["the service is away", { kind: "status", status: 503, body: "" }],
  ["the service fails", { kind: "status", status: 500, body: {} }],
  ["a redirect leads elsewhere", { kind: "status", status: 302, body: "" }],
  ["the answer is empty", { kind: "status-after-work", status: 200, body: "" }],
  ["the answer is a page", { kind: "status-after-work", status: 200, body: "<html>login</html>" }],
  ["the answer is another object", { kind: "status-after-work", status: 200, body: { a: 1 } }],
  ["the answer is a part", { kind: "status-after-work", status: 206, body: [] }],
];
