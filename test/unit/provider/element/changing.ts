import { expect } from "vitest";
import type { ElementApplicationSpec } from "../../../../src/api/element-application.ts";
import { type Asked, failuresBefore, wantedIn } from "../../../../src/core/asked.ts";
import { type Change, compare, type Fields } from "../../../../src/core/diff.ts";
import type { RemoteThing } from "../../../../src/core/observation.ts";
import { SEED } from "../../../../src/embedded/element/seed.ts";
import { applicationKind } from "../../../../src/provider/element/application.ts";
import { assemblyId } from "../../embedded/element/panel-client.ts";
import { WRITE } from "../client.ts";
import { NOTHING, type OpenConsole, signal, specOf } from "./open-console.ts";

/** A spec that asks for another build of the project. */
export function wantsBuild(
  assemblyVersion: string,
  changes: Partial<ElementApplicationSpec> = {},
): ElementApplicationSpec {
  return specOf({ source: { projectId: SEED.projects.shop, assemblyVersion }, ...changes });
}

export function wishOf(spec: ElementApplicationSpec): Fields {
  return applicationKind.fields(spec, NOTHING);
}

/** An application as the operator sees it that wants `spec`. */
export async function look(
  { applications }: OpenConsole,
  id: string,
  spec: ElementApplicationSpec = specOf(),
  asked?: Asked,
): Promise<RemoteThing> {
  const thing = await applications.get(id, signal);
  if (thing === undefined) return expect.unreachable(`${id} is not there`);
  const seen = await applications.elaborate?.(thing, { wanted: wishOf(spec), asked }, signal);
  return seen ?? thing;
}

export function nextChange(thing: RemoteThing, spec: ElementApplicationSpec): Change | undefined {
  const { fields, operations } = applicationKind.rules;
  const setback = thing.setback?.operations;
  return compare(fields, operations, wishOf(spec), thing.fields, setback).next;
}

interface Wanting {
  readonly spec: ElementApplicationSpec;
  readonly change: Change;
  /** What was asked for before. */
  readonly asked?: Asked | undefined;
}

/** Asks for the next change that `spec` needs, as the controller does. */
export async function askNext(
  console: OpenConsole,
  id: string,
  spec: ElementApplicationSpec,
  asked?: Asked,
): Promise<Asked> {
  const change = nextChange(await look(console, id, spec, asked), spec);
  if (change === undefined) return expect.unreachable("nothing is to be changed");
  return ask(console, id, { spec, change, asked });
}

/** The mark is taken before the request leaves, and what failed before is not forgotten. */
export async function ask(
  console: OpenConsole,
  id: string,
  { spec, change, asked }: Wanting,
): Promise<Asked> {
  const { applications } = console;
  const { operation } = change;
  const after = (await applications.timeMark?.(id, operation, signal)) ?? "";
  // What is asked for begins later than what was there before.
  console.clock.advance(1);
  await applications.change(id, operation, wishOf(spec), WRITE);
  return {
    operation,
    wanted: wantedIn(change),
    after,
    time: "2026-11-23T00:00:00Z",
    failedBefore: failuresBefore(asked, operation),
  };
}

/** The id of a build of the seeded project. */
export function buildId({ simulator }: OpenConsole, version: string): string {
  return assemblyId(simulator, version);
}
