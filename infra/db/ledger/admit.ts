import {
  type NodeResult,
  type NodeSelection,
  type NodeTypeOverrides,
  type RefusalReason,
  type Verb,
  isAgentName,
} from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import { roleOf } from "../roles.ts";
import { type BacklogLimits, findCrowding } from "./backlog.ts";

/** What the site knows of whoever asks, at the moment of asking. */
export interface UserFacts {
  readonly user: string;
  readonly kind: "person" | "agent";
  readonly isAdmin: boolean;
  readonly projects: readonly string[];
}

/** What the site knows of a node that is asked for. */
export interface NodeFacts {
  readonly node: string;
  readonly isRebootable: boolean;
  readonly isImageable: boolean;
  /** Its type's; null if the type has none. */
  readonly defaultImage: string | null;
  readonly settings: NodeTypeOverrides;
  readonly project: string | null;
  /** It is free, and still holds what its last experiment left. */
  readonly isFreed: boolean;
  readonly host: string | null;
  /** Of the interface that it boots from; null if it cannot boot over the network. */
  readonly mac: string | null;
  /** Where its images are written to; null for its first disk. */
  readonly disk: string | null;
}

export interface AdmissionFacts {
  readonly user: UserFacts;
  /** In no order; only nodes that exist. */
  readonly nodes: readonly NodeFacts[];
  /** Names that are asked for and do not exist. */
  readonly unknown: readonly string[];
  readonly isExperimentKnown: boolean;
}

/** One node's part as admission leaves it: to be run, to wait for its host's run, or ended already. */
export interface AdmittedRun {
  readonly node: string;
  readonly waitsFor?: string;
  readonly result?: NodeResult;
  /** What its driver begins with; left out: nothing. */
  readonly progress?: unknown;
  /** What would be done, for a person. */
  readonly plan?: string;
  /** Its failure is not counted. */
  readonly isNonfatal?: boolean;
  /** How long it takes if all goes well, seconds. */
  readonly estimateS?: number;
}

export type AdmissionDecision =
  | { readonly kind: "refuse"; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: "admit"; readonly runs: readonly AdmittedRun[]; readonly maxFailures?: number };

export interface AdmissionRequest {
  readonly op: string;
  readonly verb: Verb;
  readonly user: string;
  /** What makes two commands the same: everything but `expiresAt` and `debug`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly parentOp?: string;
  readonly expiresAt: string;
  readonly selection: NodeSelection;
  /** False for reads, which no other operation needs to wait for. */
  readonly needsLocks: boolean;
  /** How much may wait or run before more is refused; left out, anything is taken. */
  readonly limits?: BacklogLimits;
  /** Tells what would become of each node, and leaves no trace. */
  readonly isDryRun?: boolean;
}

export type AdmissionOutcome =
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: "planned"; readonly runs: readonly AdmittedRun[] }
  | { readonly kind: "admitted"; readonly runs: readonly AdmittedRun[]; readonly isFinished: boolean }
  | { readonly kind: "existing" };

export interface AdmissionPolicy<More = undefined> {
  /** Reads, in the admitting transaction, what this domain decides by beside the facts that all do. */
  readMore(tx: Sql, facts: AdmissionFacts): Promise<More>;
  /** Pure: whether the command is admitted, and what becomes of each node. */
  decide(facts: AdmissionFacts, more: More): AdmissionDecision;
  /** The result of a node that another operation holds. */
  busyResult(holder: string | null): NodeResult;
}

/** Carries an outcome out of the transaction, which is thereby undone. */
class Undone extends Error {
  readonly outcome: AdmissionOutcome;
  constructor(outcome: AdmissionOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

class Refused extends Undone {
  constructor(reason: RefusalReason, detail: string) {
    super({ kind: "refused", reason, detail });
  }
}

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
        insert into operations (op, verb, user_name, charged_to, args, parent_op, expires_at)
        values (${request.op}, ${request.verb}, ${request.user},
                coalesce(ledger.charged_to(${isChild ? request.parentOp : null}), ${request.user}),
                ${tx.json(request.args as never)}, ${request.parentOp ?? null}, ${request.expiresAt})
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

const isToRun = (run: AdmittedRun) => run.result === undefined;

async function compareWithExisting(tx: Sql, request: AdmissionRequest): Promise<AdmissionOutcome> {
  const [existing] = await tx<{ isSame: boolean }[]>`
    select verb = ${request.verb} and user_name = ${request.user}
           and args - 'debug' = ${tx.json(request.args as never)}::jsonb - 'debug' and parent_op is not distinct from ${request.parentOp ?? null}
           as "isSame"
    from operations where op = ${request.op}`;
  if (existing?.isSame) return { kind: "existing" };
  throw new Refused("op-id-reused", `operation ${request.op} exists with another command or user`);
}

async function readFacts(tx: Sql, request: AdmissionRequest): Promise<AdmissionFacts> {
  const { selection } = request;
  const [user] = await tx<UserFacts[]>`
    select name as "user", kind, is_admin as "isAdmin",
           array(select project from registry.project_members m where m.user_name = u.name) as projects
    from registry.users u where name = ${request.user} and revoked_at is null`;
  if (!user) throw new Refused("permission-denied", `user ${request.user} is not known to this site any more`);
  const names = [...new Set((selection.nodelist ?? []).map((name) => name.toLowerCase()))];
  const [project = "", experiment = ""] = (selection.experiment ?? "").split("/");
  const chosen = selection.nodelist
    ? tx`n.name = any(${names})`
    : selection.experiment
      ? tx`n.project = ${project} and n.experiment = ${experiment}`
      : tx`n.project is null`;
  const nodes = await tx<NodeFacts[]>`
    select n.name as node, t.is_rebootable as "isRebootable", t.is_imageable as "isImageable",
           t.default_image as "defaultImage", t.settings, n.project, n.host, n.mac, n.disk,
           exists (select from registry.freed_nodes f where f.node = n.name) as "isFreed"
    from registry.nodes n join registry.node_types t on t.name = n.type
    where ${chosen}`;
  const known = new Set(nodes.map(({ node }) => node));
  const isExperimentKnown =
    selection.experiment === undefined ||
    (await tx`select from registry.experiments where project = ${project} and name = ${experiment}`).count > 0;
  return { user, nodes, unknown: names.filter((name) => !known.has(name)), isExperimentKnown };
}

async function lockNodes(
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
