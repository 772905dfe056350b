import { isAgentName } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import { readFacts } from "./admission-facts.ts";
import { lockNodes } from "./admission-locks.ts";
import {
  type AdmissionOutcome,
  type AdmissionPolicy,
  type AdmissionRequest,
  type AdmittedRun,
  Refused,
  Undone,
  isToRun,
} from "./admission.ts";
import { findCrowding } from "./backlog.ts";

/**
 * Admits a command in one transaction: the operation, its node runs and its node locks are all there afterwards, or
 * none is. The operation's id is the idempotency key: the same command again finds what exists, another one is refused.
 */
export async function admit<More>(
  sql: Sql,
  request: AdmissionRequest,
  policy: AdmissionPolicy<More>,
): Promise<AdmissionOutcome> {
  const isChild = request.parentOp !== undefined && isAgentName(request.user);
  try {
    return await sql.begin(async (transaction) => {
      // postgres.js types a transaction apart from its client, though both are called alike.
      const tx = transaction as unknown as Sql;
      const [created] = await tx<{ chargedTo: string }[]>`
        insert into operations (op, verb, user_name, charged_to, args, parent_op, expires_at, deadline_at)
        values (${request.op}, ${request.verb}, ${request.user},
                coalesce(ledger.charged_to(${isChild ? request.parentOp : null}), ${request.user}),
                ${tx.json(request.args as never)}, ${request.parentOp ?? null}, ${request.expiresAt},
                least(${request.deadlineAt ?? null}::timestamptz, ledger.deadline_of(${isChild ? request.parentOp : null})))
        on conflict (op) do nothing returning charged_to as "chargedTo"`;
      if (!created) return await compareWithExisting(tx, request);

      const facts = await readFacts(tx, request);
      const decision = policy.decide(facts, await policy.readMore(tx, facts));
      if (decision.kind === "refuse") throw new Refused(decision.reason, decision.detail);
      // What an agent asks for on an admitted operation's behalf is part of that: its nodes were counted.
      if (!isChild) {
        const crowded = await findCrowding(tx, created.chargedTo, decision.runs.filter(isToRun).length, request.limits);
        if (crowded !== undefined) throw new Refused("overloaded", crowded);
      }
      const runs = await lockNodes(tx, request, decision.runs, policy);
      if (request.isDryRun) throw new Undone({ kind: "planned", runs });
      const isFinished = await writeRuns(tx, { ...request, ...created }, runs, decision.maxFailures);
      return { kind: "admitted", runs, isFinished };
    });
  } catch (error) {
    if (error instanceof Undone) return error.outcome;
    throw error;
  }
}

async function compareWithExisting(tx: Sql, request: AdmissionRequest): Promise<AdmissionOutcome> {
  const [existing] = await tx<{ isSame: boolean }[]>`
    select verb = ${request.verb} and user_name = ${request.user}
           and args - 'debug' = ${tx.json(request.args as never)}::jsonb - 'debug' and parent_op is not distinct from ${request.parentOp ?? null}
           as "isSame"
    from operations where op = ${request.op}`;
  if (existing?.isSame) return { kind: "existing" };
  throw new Refused("op-id-reused", `operation ${request.op} exists with another command or user`);
}

/** Writes the node runs; true if every one of them has ended with its admission. */
async function writeRuns(
  tx: Sql,
  { op, chargedTo }: { readonly op: string; readonly chargedTo: string },
  runs: readonly AdmittedRun[],
  maxFailures: number | undefined,
): Promise<boolean> {
  const rows = runs.map((run, ordinal) => ({ ...run, ordinal }));
  await tx`
    insert into node_runs (op, charged_to, node, ordinal, state, waits_for, not_before, progress, is_nonfatal, result,
      finished_at)
    select ${op}, ${chargedTo}, node, ordinal, case when result is null then 'queued' else 'done' end, "waitsFor",
           case when "waitsFor" is null then now() else 'infinity' end, progress, coalesce("isNonfatal", false), result,
           case when result is null then null else now() end
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
         as r(node text, ordinal int, "waitsFor" text, progress jsonb, "isNonfatal" boolean, result jsonb)`;
  const done = runs.filter((run) => run.result);
  const failed = done.filter((run) => run.result?.status === 1 && !run.isNonfatal);
  const isFinished = done.length === runs.length;
  await tx`
    update operations
    set node_count = ${runs.length}, done_count = ${done.length}, failed_count = ${failed.length},
        max_failures = ${maxFailures ?? null}, finished_at = ${isFinished ? tx`now()` : null}
    where op = ${op}`;
  return isFinished;
}
