import { isAgentName } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import { roleOf } from "../roles.ts";
import { type AdmissionPolicy, type AdmissionRequest, type AdmittedRun, Refused, isToRun } from "./admission.ts";

/** Locks the nodes of the runs; those that cannot be had end as busy. Throws Refused for a child without its parent's locks. */
export async function lockNodes(
  tx: Sql,
  request: AdmissionRequest,
  runs: readonly AdmittedRun[],
  policy: Pick<AdmissionPolicy, "busyResult">,
): Promise<readonly AdmittedRun[]> {
  const wanted = runs.filter(isToRun).map((run) => run.node);
  if (!request.needsLocks || wanted.length === 0) return runs;
  const missed =
    request.parentOp === undefined ? await lockAsRoot(tx, request.op, wanted) : await lockAsChild(tx, request, wanted);
  if (missed.length === 0) return runs;
  const holders = new Map(missed.map(({ node, holder_op }) => [node, holder_op]));
  return runs.map((run) => {
    if (holders.has(run.node)) {
      const nonfatal = run.isNonfatal ? { isNonfatal: true } : {};
      return {
        node: run.node,
        ...nonfatal,
        result: { ...policy.busyResult(holders.get(run.node) ?? null), ...nonfatal },
      };
    }
    // A guest whose host is another operation's has nobody to wait for: it goes its own way.
    return run.waitsFor !== undefined && holders.has(run.waitsFor) ? { node: run.node } : run;
  });
}

/** A node that could not be had, and by which operation it is held; null if that has just let go. */
interface MissedLock {
  readonly node: string;
  readonly holder_op: string | null;
}

function lockAsRoot(tx: Sql, op: string, nodes: string[]): Promise<readonly MissedLock[]> {
  return tx<MissedLock[]>`select node, holder_op from ledger.acquire_locks(${op}, ${op}, ${nodes})`;
}

/**
 * A child works under its parent's locks: the parent must hold the nodes by the very agent that sends the child. Refused
 * as a whole where it does not; another child of the parent on a node makes that node busy.
 */
async function lockAsChild(
  tx: Sql,
  { op, parentOp = "", user }: AdmissionRequest,
  nodes: string[],
): Promise<readonly MissedLock[]> {
  const holder = isAgentName(user) ? roleOf(user) : "";
  const missed = await tx<MissedLock[]>`
    select node, holder_op from ledger.acquire_child_locks(${op}, ${parentOp}, ${holder}, ${nodes})`;
  const foreign = missed.filter(({ holder_op }) => holder_op === null).map(({ node }) => node);
  if (foreign.length === 0) return missed;
  throw new Refused(
    "parent-invalid",
    `operation ${parentOp} of ${user} does not hold ${foreign.slice(0, 5).join(", ")}`,
  );
}
