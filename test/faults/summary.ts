import { describePlan } from "./campaign.ts";
import { groupOf } from "./fault.ts";
import type { Outcome } from "./plan.ts";
import type { TrialOutcome } from "./trials/trial.ts";

/** One line for each scenario and side, and one with the totals. */
export function summaryLines(outcomes: readonly Outcome[]): string[] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const { scenario, fault } = outcome.plan;
    const key = `${scenario.name} × ${groupOf(fault)}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  const head = lineOf([
    "SCENARIO × FAULT",
    "RUNS",
    "REACHED",
    "GREEN",
    "MOST ALIVE",
    "DOUBLE MS",
    "CALLS",
    "CONVERGED S",
  ]);
  return [
    head,
    ...[...groups].map(([name, group]) => lineOf([name, ...figuresOf(group)])),
    lineOf(["total", ...figuresOf(outcomes)]),
  ];
}

/** One line for each trial. */
export function trialLines(outcomes: readonly TrialOutcome[]): string[] {
  const head = ["TRIAL", "GREEN", "MOST ALIVE", "DOUBLE MS", "CALLS", "CONVERGED S"];
  const rows = outcomes.map(({ trial, faults, ...figures }) => [
    trial.name,
    faults.length === 0 ? "yes" : "NO",
    String(figures.mostAlive),
    String(Math.round(figures.longestDoubleMs)),
    String(figures.remoteCalls),
    (figures.convergedMs / 1000).toFixed(1),
  ]);
  return [head, ...rows].map(lineOf);
}

/** What did not hold, plan by plan. */
export function faultLines(outcomes: readonly Outcome[]): string[] {
  const failed = outcomes.filter(({ faults }) => faults.length > 0);
  return failed.flatMap(({ plan, faults }) => [
    describePlan(plan),
    faults.map((fault) => `  ${fault}`).join("\n"),
  ]);
}

function figuresOf(outcomes: readonly Outcome[]): string[] {
  const most = (pick: (outcome: Outcome) => number): number => Math.max(0, ...outcomes.map(pick));
  return [
    outcomes.length,
    outcomes.filter(({ isReached }) => isReached).length,
    outcomes.filter(({ faults }) => faults.length === 0).length,
    most(({ mostAlive }) => mostAlive),
    Math.round(most(({ longestDoubleMs }) => longestDoubleMs)),
    most(({ remoteCalls }) => remoteCalls),
    (most(({ convergedMs }) => convergedMs ?? 0) / 1000).toFixed(1),
  ].map(String);
}

function lineOf([name = "", ...figures]: readonly string[]): string {
  return `${name.padEnd(62)}${figures.map((figure) => figure.padStart(12)).join("")}`;
}
