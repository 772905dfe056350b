import Type from "typebox";
import { LoadedImage } from "./loads.ts";
import { Instant, OpId } from "./names.ts";
import { powerDriverNames } from "./node-type-settings.ts";
import { type Reason, isResultReason, isRetryable, reasons } from "./reasons/index.ts";

export const outcomes = [
  "succeeded",
  "not-applicable",
  "failed",
  "denied",
  "busy",
  "skipped",
  "expired",
  "cancelled",
  "indeterminate",
] as const;
export type Outcome = (typeof outcomes)[number];

/** By what a node was restarted: the rung of the ladder that worked. */
export const vias = [
  "wakeup",
  "reconfigure",
  "ssh",
  "diag",
  "power-cycle",
  "power-on",
  "power-off",
  "reset",
  "host",
] as const;
export type Via = (typeof vias)[number];

/** Where in its run a node was when the run ended. */
export const phases = [
  "admission",
  "wakeup",
  "probe",
  "reconfigure",
  "ssh",
  "diag",
  "power",
  "host",
  "image",
  "reboot",
  "load",
  "boot",
] as const;
export type Phase = (typeof phases)[number];

/** What was observed: the grounds on which the outcome stands. */
export const Evidence = Type.Object({
  powerReadBack: Type.Optional(
    Type.Array(Type.Enum(["on", "off"]), { description: "power states in the order they were read back" }),
  ),
  powerDriver: Type.Optional(
    Type.Enum([...powerDriverNames], { description: "which answered, of a node that has several power drivers" }),
  ),
  missedProbes: Type.Optional(
    Type.Integer({ minimum: 0, description: "probes without an answer in a row, when silence is what counted" }),
  ),
  bootId: Type.Optional(Type.String({ maxLength: 64 })),
  reportedBy: Type.Optional(
    Type.Enum(["address", "token"], {
      description:
        "who reported the state: an OS booted from disk by its address, or the ramdisk by its one-time token",
    }),
  ),
  holder: Type.Optional(Type.String({ description: "the operation that holds a busy node" })),
  loaded: Type.Optional(
    Type.Array(LoadedImage, {
      description: "images in the order in which they were written, with the digests written",
    }),
  ),
  transport: Type.Optional(Type.Enum(["http", "multicast"], { description: "by what the last image came" })),
  childOp: Type.Optional(Type.Union([OpId], { description: "the operation of another agent that decided it" })),
  bootLog: Type.Optional(Type.String({ description: "the end of what the ramdisk logged" })),
  console: Type.Optional(Type.String({ description: "the end of what the node's serial console showed" })),
  triedAt: Type.Optional(
    Type.String({ ...Instant, description: "when the node's BMC was last tried, where it was not asked this time" }),
  ),
  retryAt: Type.Optional(
    Type.String({ ...Instant, description: "until when a BMC is left alone at which nothing answered" }),
  ),
  allowedInS: Type.Optional(Type.Number({ description: "seconds until a denied power action would be allowed" })),
});
export type Evidence = Type.Static<typeof Evidence>;

/** What a node's result may name: a refusal is of the whole command, never of a node. */
const resultReasons = reasons.filter(isResultReason);

/** One node's part of an operation, ended. Every node of an admitted operation has exactly one, always. */
export const NodeResult = Type.Object({
  status: Type.Enum([0, 1]),
  outcome: Type.Enum([...outcomes]),
  reason: Type.Enum(resultReasons as [Reason, ...Reason[]]),
  phase: Type.Optional(Type.Enum([...phases])),
  via: Type.Optional(Type.Enum([...vias])),
  attempts: Type.Integer({
    minimum: 0,
    description: "how often the whole ladder was climbed; 0 if the node was never touched",
  }),
  evidence: Type.Optional(Evidence),
  isNonfatal: Type.Optional(
    Type.Boolean({ description: "its experiment does without it: its status is not counted in the code" }),
  ),
  startedAt: Instant,
  finishedAt: Instant,
  detail: Type.Optional(Type.String({ description: "for a person; nothing may depend on its text" })),
});
export type NodeResult = Type.Static<typeof NodeResult>;

/** Node name → its result; the seed's results hash. */
export type Results = Record<string, NodeResult>;

export function statusOf(outcome: Outcome): 0 | 1 {
  return outcome === "succeeded" || outcome === "not-applicable" ? 0 : 1;
}

/** The return code of an operation that was refused as a whole: nothing was touched. */
export const refusedCode = -1;

/** The return code of an admitted operation: how many nodes did not succeed, save those that need not. */
export function codeOf(results: Iterable<NodeResult>): number {
  let failed = 0;
  for (const result of results) failed += isCounted(result) ? 1 : 0;
  return failed;
}

function isCounted({ status, isNonfatal = false }: NodeResult): boolean {
  return status === 1 && !isNonfatal;
}

/** What an ended setup says of another try. */
export const retries = ["may-help", "futile"] as const;
export type Retry = (typeof retries)[number];

/**
 * Whether a failure of one node decides a setup for good: its reload or reboot failed, it was cancelled, or nothing would
 * be different another time. One that only did not come up, or was busy, may do better.
 */
export function isFutile(result: NodeResult): boolean {
  if (!isCounted(result)) return false;
  const isChilds = result.evidence?.childOp !== undefined && result.phase !== "boot";
  return result.outcome === "cancelled" || isChilds || !isRetryable(result.reason);
}

/** Whether to try a setup again: `futile` for one failure that is, `may-help` for others; undefined where nothing failed. */
export function retryOf(results: Iterable<NodeResult>): Retry | undefined {
  let retry: Retry | undefined;
  for (const result of results) {
    if (isFutile(result)) return "futile";
    if (isCounted(result)) retry = "may-help";
  }
  return retry;
}

/** The process's exit status for a code: 0, the count up to 250, or 255 for a refusal (a status has eight bits only). */
export function exitStatusOf(code: number): number {
  return code < 0 ? 255 : Math.min(code, 250);
}
/** Ctrl-C: detached, the operation goes on. */
export const detachedExitStatus = 254;
/** An internal error, or it is unknown whether the command was admitted. */
export const unknownExitStatus = 253;
