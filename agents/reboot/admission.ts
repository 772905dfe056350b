import { type NodeResult, type PowerArgs, type RebootArgs, settingsWith } from "../../contracts/index.ts";
import type { AdmissionDecision, AdmissionFacts, AdmittedRun, NodeFacts } from "../../infra/db/index.ts";
import { maxFailuresOf, refuseSelection } from "../runtime/commands/refuse-selection.ts";
import { type Deed, mayDo } from "../runtime/rights.ts";
import { busyResult, unstartedResult } from "../runtime/commands/unstarted-result.ts";

/** A command of the reboot agent, as admission sees it. */
export type RebootCommand =
  | { readonly verb: "reboot"; readonly args: RebootArgs; readonly hasParent: boolean }
  | { readonly verb: "power"; readonly args: PowerArgs; readonly hasParent: boolean };

function deedOf({ verb, args }: RebootCommand): Deed {
  // Whoever may only look may not have a credential tried that was refused: it could lock the BMC's user out.
  return verb === "power" && args.action === "status" && !args.force ? "power-status" : verb;
}

/** What is recorded of the nodes beside the facts; each only where it is asked for. */
export interface Records {
  /** How long ago nodes were last powered on or cycled, seconds: of what the type's minimum delay binds. */
  readonly powerOns: ReadonlyMap<string, number>;
  /** Nodes that a load which nobody waits for may be writing, with its operation: of what would cut it short. */
  readonly loads: ReadonlyMap<string, string>;
}

/** Whether the type's minimum delay between two power-ons binds this command of this user. */
export function isDelayed(command: RebootCommand, { user }: Pick<AdmissionFacts, "user">): boolean {
  return command.verb === "power" && (command.args.action === "on" || command.args.action === "cycle") && !user.isAdmin;
}

/** Whether the command takes a node from what it does, so that a load would begin anew; a parent, and who insists, knows. */
export function cutsShort({ verb, args, hasParent }: RebootCommand): boolean {
  if (hasParent || args.force) return false;
  return verb === "reboot" || (args.action !== "on" && args.action !== "status");
}

/**
 * Whether a command is admitted, pure. Admission is all or nothing: one unknown node, or one without the right to it,
 * and nothing is touched. What is admitted but means nothing to a node ends that node at once with its own reason.
 */
export function decideAdmission(
  command: RebootCommand,
  facts: AdmissionFacts,
  records: Records,
  now: string,
): AdmissionDecision {
  const refusal = refuseSelection(command.args, facts, (node) => mayDo(deedOf(command), facts, node, command));
  if (refusal) return refusal;
  const runs = runsOf(command, facts, records, now);
  const maxFailures = maxFailuresOf(command.args.maxFailures, runs.length);
  return { kind: "admit", runs, ...(maxFailures === undefined ? {} : { maxFailures }) };
}

function runsOf(command: RebootCommand, facts: AdmissionFacts, records: Records, now: string): readonly AdmittedRun[] {
  const { powerOns, loads } = records;
  const isBound = isDelayed(command, facts);
  const fateOf = (node: NodeFacts) =>
    runOf(command, node, {
      now,
      sincePowerOnS: isBound ? powerOns.get(node.node) : undefined,
      loadedBy: loads.get(node.node),
    });
  const byName = (a: NodeFacts, b: NodeFacts) => (a.node < b.node ? -1 : 1);
  const physical = facts.nodes.filter(({ host }) => host === null).sort(byName);
  const virtual = facts.nodes.filter(({ host }) => host !== null).sort(byName);
  const hosts = physical.map((node) => fateOf(node));
  const running = new Set(hosts.filter(({ result }) => !result).map(({ node }) => node));
  const guests = virtual.map((guest): AdmittedRun => {
    const run = fateOf(guest);
    if (run.result || guest.host === null || !running.has(guest.host)) return run;
    return { ...run, waitsFor: guest.host };
  });
  return [...hosts, ...guests];
}

interface RecordsOfNode {
  readonly sincePowerOnS: number | undefined;
  readonly loadedBy: string | undefined;
}

function runOf(
  command: RebootCommand,
  node: NodeFacts,
  { now, sincePowerOnS, loadedBy }: { readonly now: string } & RecordsOfNode,
): AdmittedRun {
  if (loadedBy !== undefined) return { node: node.node, result: loadingResult(loadedBy, now) };
  if (command.verb === "reboot") {
    if (node.isRebootable || command.args.force) return { node: node.node };
    return { node: node.node, result: unstartedResult("skipped", "type-not-rebootable", now) };
  }
  if (node.host !== null) return { node: node.node, result: unstartedResult("not-applicable", "virtual-node", now) };
  const { powerDelayS } = settingsWith(node.settings);
  if (sincePowerOnS === undefined || sincePowerOnS >= powerDelayS) return { node: node.node };
  const allowedInS = Math.ceil(powerDelayS - sincePowerOnS);
  const detail = `powered on ${Math.round(sincePowerOnS)} s ago; allowed again in ${allowedInS} s`;
  const result = unstartedResult("denied", "power-cycled-recently", now, { evidence: { allowedInS }, detail });
  return { node: node.node, result };
}

function loadingResult(op: string, now: string): NodeResult {
  const detail = `operation ${op} began a load of it that nobody waits for; with --force the load begins anew`;
  return { ...busyResult(op, now), detail };
}
