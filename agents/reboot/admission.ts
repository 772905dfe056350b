import {
  type NodeResult,
  type Outcome,
  type PowerArgs,
  type Reason,
  type RebootArgs,
  settingsWith,
  statusOf,
} from "../../contracts/index.ts";
import type { AdmissionDecision, AdmissionFacts, AdmittedRun, NodeFacts } from "../../infra/db/index.ts";

/** A command of the reboot agent, as admission sees it. */
export type RebootCommand =
  | { readonly verb: "reboot"; readonly args: RebootArgs; readonly hasParent: boolean }
  | { readonly verb: "power"; readonly args: PowerArgs; readonly hasParent: boolean };

/** How many names a refusal spells out. */
const maxNamed = 5;

/**
 * Whether a command is admitted, pure. Admission is all or nothing: one unknown node, or one without the right to it,
 * and nothing is touched. What is admitted but means nothing to a node ends that node at once with its own reason.
 */
export function decideAdmission(command: RebootCommand, facts: AdmissionFacts, now: string): AdmissionDecision {
  const { args } = command;
  const ways = [args.nodelist, args.experiment, args.freemode].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    return refuse("malformed-arguments", "give exactly one of nodelist, experiment and freemode");
  }
  if (args.freemode && !facts.user.isAdmin) {
    return refuse("permission-denied", `${facts.user.user} is no admin; only admins may name all free nodes`);
  }
  if (!facts.isExperimentKnown) {
    return refuse("experiment-unknown", `there is no experiment ${args.experiment ?? ""}`);
  }
  if (facts.unknown.length > 0) return refuse("node-unknown", `not in the inventory: ${named(facts.unknown)}`);
  const denied = facts.nodes.filter((node) => !mayActOn(command, facts, node)).map(({ node }) => node);
  if (denied.length > 0) {
    return refuse("permission-denied", `${facts.user.user} has no right to ${named(denied)}`);
  }
  if (facts.nodes.length === 0) {
    return args.experiment === undefined
      ? refuse("nodelist-empty", "no node is free")
      : refuse("experiment-empty", `experiment ${args.experiment} holds no node`);
  }
  const runs = runsOf(command, facts, now);
  const maxFailures = maxFailuresOf(args.maxFailures, runs.length);
  return { kind: "admit", runs, ...(maxFailures === undefined ? {} : { maxFailures }) };
}

/** The result of a node whose run never began. */
export function unstartedResult(
  outcome: Outcome,
  reason: Reason,
  now: string,
  more: Partial<NodeResult> = {},
): NodeResult {
  const status = statusOf(outcome);
  return { status, outcome, reason, phase: "admission", attempts: 0, startedAt: now, finishedAt: now, ...more };
}

export function busyResult(holder: string | null, now: string): NodeResult {
  return unstartedResult("busy", "node-locked", now, {
    ...(holder === null ? {} : { evidence: { holder } }),
    detail: holder === null ? "another operation has just let go of it" : `held by operation ${holder}`,
  });
}

function mayActOn(command: RebootCommand, { user }: AdmissionFacts, node: NodeFacts): boolean {
  if (user.isAdmin) return true;
  // An agent acts on an operation's behalf: what its parent holds, the ledger's locks say.
  if (user.kind === "agent") return command.hasParent;
  if (command.verb === "power" && command.args.action === "status") return true;
  return node.project !== null && user.projects.includes(node.project);
}

function runsOf(command: RebootCommand, facts: AdmissionFacts, now: string): readonly AdmittedRun[] {
  const byName = (a: NodeFacts, b: NodeFacts) => (a.node < b.node ? -1 : 1);
  const physical = facts.nodes.filter(({ host }) => host === null).sort(byName);
  const virtual = facts.nodes.filter(({ host }) => host !== null).sort(byName);
  const hosts = physical.map((node) => runOf(command, facts, node, now));
  const running = new Set(hosts.filter(({ result }) => !result).map(({ node }) => node));
  const guests = virtual.map((guest): AdmittedRun => {
    const run = runOf(command, facts, guest, now);
    if (run.result || guest.host === null || !running.has(guest.host)) return run;
    return { ...run, waitsFor: guest.host };
  });
  return [...hosts, ...guests];
}

function runOf(command: RebootCommand, { user }: AdmissionFacts, node: NodeFacts, now: string): AdmittedRun {
  if (command.verb === "reboot") {
    if (node.isRebootable || command.args.force) return { node: node.node };
    return { node: node.node, result: unstartedResult("skipped", "type-not-rebootable", now) };
  }
  if (node.host !== null) return { node: node.node, result: unstartedResult("not-applicable", "virtual-node", now) };
  const { action } = command.args;
  if ((action === "on" || action === "cycle") && !user.isAdmin) {
    const { powerDelayS } = settingsWith(node.settings);
    const sinceS = node.sincePowerOnS;
    if (sinceS !== null && sinceS < powerDelayS) {
      const allowedInS = Math.ceil(powerDelayS - sinceS);
      const detail = `powered on ${Math.round(sinceS)} s ago; allowed again in ${allowedInS} s`;
      const result = unstartedResult("denied", "power-cycled-recently", now, { evidence: { allowedInS }, detail });
      return { node: node.node, result };
    }
  }
  return { node: node.node };
}

/** A share is of the nodes named, rounded down: 10% of 24 nodes lets two fail. */
export function maxFailuresOf(maxFailures: number | string | undefined, nodeCount: number): number | undefined {
  if (typeof maxFailures !== "string") return maxFailures;
  return Math.floor((Number.parseInt(maxFailures, 10) * nodeCount) / 100);
}

function named(names: readonly string[]): string {
  const more = names.length - maxNamed;
  return names.slice(0, maxNamed).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function refuse(reason: Extract<AdmissionDecision, { kind: "refuse" }>["reason"], detail: string): AdmissionDecision {
  return { kind: "refuse", reason, detail };
}
