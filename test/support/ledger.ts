import type { NodeResult, Reason } from "../../contracts/index.ts";
import type {
  AdmissionDecision,
  AdmissionOutcome,
  AdmissionPolicy,
  AdmissionRequest,
  AdmittedRun,
  ClaimedRun,
  RunChange,
  Sql,
} from "../../infra/db/index.ts";
import { admit } from "../../infra/db/index.ts";

/** The n-th operation id. */
export function opId(n: number): string {
  return n.toString(16).padStart(32, "0");
}

const instant = "2030-01-02T03:04:05.678Z";

export function resultWith(status: 0 | 1, more: Partial<NodeResult> = {}): NodeResult {
  const ended = status === 0 ? ({ outcome: "succeeded", reason: "isup" } as const) : failed("boot-timeout");
  return { status, ...ended, attempts: 1, startedAt: instant, finishedAt: instant, ...more };
}

const failed = (reason: Reason) => ({ outcome: "failed", reason }) as const;

/** A reboot by admin; anything may be said otherwise. */
export function requestOf(op: string, nodelist: readonly string[], more: Partial<AdmissionRequest> = {}) {
  const args = { nodelist: [...nodelist] };
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  return { op, verb: "reboot", user: "admin", args, expiresAt, selection: args, needsLocks: true, ...more } as const;
}

/** Admits every node that there is, and busy ones as such. */
export const admitsAll: AdmissionPolicy = {
  readMore: () => Promise.resolve(undefined),
  decide: ({ nodes }) => admitting(nodes.map(({ node }) => ({ node }))),
  busyResult: (holder) =>
    resultWith(1, { outcome: "busy", reason: "node-locked", evidence: holder === null ? {} : { holder } }),
};

/** Admits these runs, whatever the facts. */
export function admitsRuns(runs: readonly AdmittedRun[], maxFailures?: number): AdmissionPolicy {
  return { ...admitsAll, decide: () => admitting(runs, maxFailures) };
}

function admitting(runs: readonly AdmittedRun[], maxFailures?: number): AdmissionDecision {
  const sorted = [...runs].sort((a, b) => (a.node < b.node ? -1 : 1));
  return { kind: "admit", runs: sorted, ...(maxFailures === undefined ? {} : { maxFailures }) };
}

export function admitNodes(sql: Sql, op: string, nodelist: readonly string[]): Promise<AdmissionOutcome> {
  return admit(sql, requestOf(op, nodelist), admitsAll);
}

/** The change that ends a run. */
export function endOf({ op, node, fence }: Pick<ClaimedRun, "op" | "node" | "fence">, status: 0 | 1 = 0): RunChange {
  return { op, node, fence, state: "done", result: resultWith(status) };
}
