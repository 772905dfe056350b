import { setMaxListeners } from "node:events";
import {
  type ClaimedRun,
  type Database,
  type HeldClaim,
  type RunOperation,
  claim,
  claimAbandoned,
  handBack,
  isUnreachable,
  readOperations,
  renew,
  runKey,
} from "../../infra/db/index.ts";
import { createHoldings } from "./holdings.ts";
import type { Log } from "./log.ts";

/** The most runs one claim takes, and the most a replica holds at once by default. */
const maxClaim = 512;
const defaultCapacity = 4_096;
/** Leases last 5 s and are renewed so often, milliseconds. */
const renewEveryMs = 1_000;
/** So often a replica looks for work that no wake-up told of, and for what a dead one left behind, milliseconds. */
const lookEveryMs = 2_000;
/** So long a replica that stops waits for what may not be broken off, such as the answer to a power action, milliseconds. */
const finishWithinMs = 600;

/** A run in this replica's hands. */
export interface HeldRun extends ClaimedRun {
  readonly operation: RunOperation;
  /** Aborted when the run is no longer ours to go on with: the lease was lost, or this replica stops. */
  readonly signal: AbortSignal;
  /** Aborted when even what may not be broken off must end: the lease was lost, or a stop takes too long. */
  readonly lostSignal: AbortSignal;
  /** Aborted once somebody cancels the operation: end at the next place where a step may be left. */
  readonly cancelSignal: AbortSignal;
  /** Aborted by either: ends a step that may be left. One of the run's own, since an `AbortSignal.any` for each costs as much as all the rest. */
  readonly leaveSignal: AbortSignal;
}

/** What ends a run, or a step of it, from outside. */
interface Ends {
  readonly abort: AbortController;
  readonly lose: AbortController;
  readonly leave: AbortController;
}

export interface WorkerOptions {
  readonly database: Database;
  /** This replica's name, unlike any other's, past ones included. */
  readonly owner: string;
  readonly log: Log;
  readonly capacity?: number;
  readonly onLeaseLost: () => void;
  /** Drives one run to its end and records it. Rejects with the signal's reason when the run is taken from it. */
  readonly drive: (run: HeldRun) => Promise<void>;
}

/**
 * A replica's worker loop: takes runs up to its free capacity, renews their leases, and lets go of those it lost. It
 * wakes by `poke` (there is work), and looks by itself every two seconds, so that a lost wake-up costs only time.
 */
export interface Worker {
  poke(): void;
  /** There will be work in so many milliseconds. */
  pokeIn(delayMs: number): void;
  /** Marks an operation's runs as cancelled here and now; other replicas learn of it with their next renewal. */
  cancel(op: string): void;
  readonly heldCount: number;
  /** Takes nothing more, lets go of what it has within a second, and hands it over to other replicas. */
  stop(): Promise<void>;
}

const claimKey = (claim: HeldClaim) => `${runKey(claim)}/${claim.fence}`;

export function createWorker(options: WorkerOptions): Worker {
  const { database, owner, log, drive, onLeaseLost, capacity = defaultCapacity } = options;
  const held = new Map<string, { readonly run: ClaimedRun; readonly ends: Ends; readonly done: Promise<void> }>();
  const holdings = createHoldings(capacity);
  const operations = new Map<string, { readonly operation: RunOperation; readonly cancel: AbortController }>();
  const timers = new Set<NodeJS.Timeout>();
  let claiming: Promise<void> | undefined;
  let claimingAbandoned: Promise<void> | undefined;
  let strayKeys: ReadonlySet<string> = new Set();
  let isPoked = false;
  /** The next run that ends makes room for more. */
  let isFull = false;
  let isStopping = false;

  function start(run: ClaimedRun, operation: RunOperation, cancelSignal: AbortSignal): void {
    const key = runKey(run);
    // Ours before, lost, and now ours again: whoever drives it for the old claim must stop.
    const before = held.get(key);
    if (before) takeAway(before.ends, "the lease of this run was lost");
    const ends: Ends = { abort: new AbortController(), lose: new AbortController(), leave: new AbortController() };
    const { abort, lose, leave } = ends;
    if (cancelSignal.aborted) leave.abort(cancelSignal.reason);
    const signals = { signal: abort.signal, lostSignal: lose.signal, cancelSignal, leaveSignal: leave.signal };
    const heldRun: HeldRun = { ...run, operation, ...signals };
    const done = drive(heldRun)
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        const about = { err: error, op: run.op, node: run.node };
        if (isUnreachable(error)) log.warn(about, "a node run broke off with the database away; it is taken up again");
        else log.error(about, "a node run broke off");
      })
      .finally(() => {
        holdings.remove(run.chargedTo);
        if (held.get(key)?.ends === ends) held.delete(key);
        if (isPoked || isFull) look();
      });
    holdings.add(run.chargedTo);
    held.set(key, { run, ends, done });
  }

  function letGo({ abort, leave }: Ends, reason: Error): void {
    abort.abort(reason);
    leave.abort(reason);
  }

  function takeAway(ends: Ends, why: string): void {
    const reason = new Error(why);
    letGo(ends, reason);
    ends.lose.abort(reason);
  }

  async function operationsOf(runs: readonly ClaimedRun[]): Promise<void> {
    const missing = [...new Set(runs.map(({ op }) => op))].filter((op) => !operations.has(op));
    if (missing.length === 0) return;
    for (const operation of await readOperations(database.sql, missing)) {
      const cancelling = new AbortController();
      // Whatever is done for one of its nodes listens.
      setMaxListeners(0, cancelling.signal);
      operations.set(operation.op, { operation, cancel: cancelling });
      if (operation.isCancelled) cancel(operation.op);
    }
  }

  async function takeWith(take: typeof claim): Promise<number> {
    const room = Math.min(maxClaim, capacity - held.size);
    const shares = holdings.shares();
    isFull = room <= 0 || holdings.isAnyFull();
    if (room <= 0) return 0;
    const runs = await take(database.sql, owner, room, shares);
    await operationsOf(runs);
    // What came while we were told to stop is handed back with the rest.
    for (const run of isStopping ? [] : runs) {
      const known = operations.get(run.op);
      if (known) start(run, known.operation, known.cancel.signal);
    }
    return runs.length;
  }

  /** Whether another claim may find something: the last one did, or somebody poked meanwhile. */
  const mayClaimMore = (taken: number) => !isStopping && (taken > 0 || (isPoked && held.size < capacity));

  async function claimAll(): Promise<void> {
    let taken: number;
    do {
      isPoked = false;
      taken = await takeWith(claim);
    } while (mayClaimMore(taken));
  }

  function look(): void {
    isPoked = true;
    if (claiming || isStopping) return;
    claiming = claimAll()
      .catch(report)
      .finally(() => (claiming = undefined));
  }

  async function renewLeases(): Promise<void> {
    if (held.size === 0) return;
    const before = new Map(held);
    const renewed = await renew(database.relaxedSql, owner);
    for (const op of renewed.cancelled) cancel(op);
    const ours = new Set(renewed.held.map(claimKey));
    for (const [key, { run, ends }] of before) {
      if (ours.has(claimKey(run)) || held.get(key)?.run !== run) continue;
      onLeaseLost();
      takeAway(ends, "the lease of this run was lost");
    }
    await letGoOfStrays(renewed.held.filter((claim) => held.get(runKey(claim))?.run.fence !== claim.fence));
    forgetFinished();
  }

  /**
   * Runs that the ledger says are ours and that nobody here drives: the answer to their claim was lost, or their drive
   * broke off. One seen so twice running is given back; seen once, it may be on its way to us.
   */
  async function letGoOfStrays(strays: readonly HeldClaim[]): Promise<void> {
    const lost = strays.filter((claim) => strayKeys.has(claimKey(claim)));
    strayKeys = new Set(strays.map(claimKey));
    if (lost.length > 0) await handBack(database.sql, owner, lost);
  }

  function cancel(op: string): void {
    const reason = new Error("the operation was cancelled");
    operations.get(op)?.cancel.abort(reason);
    for (const { run, ends } of held.values()) if (run.op === op) ends.leave.abort(reason);
  }

  /** Operations none of whose runs are here need not be remembered. */
  function forgetFinished(): void {
    // A claim under way counts on those that it found here.
    if (claiming || claimingAbandoned) return;
    const active = new Set([...held.keys()].map((key) => key.slice(0, key.indexOf("/"))));
    for (const op of operations.keys()) if (!active.has(op)) operations.delete(op);
  }

  function report(error: unknown): void {
    if (isUnreachable(error)) log.warn({ err: error }, "the database is away; runs go on, leases may be lost");
    else log.error({ err: error }, "the worker loop failed; it goes on");
  }

  const renewing = setInterval(() => void renewLeases().catch(report), renewEveryMs);
  const looking = setInterval(() => {
    look();
    claimingAbandoned ??= takeWith(claimAbandoned)
      .then(() => undefined, report)
      .finally(() => (claimingAbandoned = undefined));
  }, lookEveryMs);

  return {
    poke: look,
    pokeIn: (delayMs) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        look();
      }, delayMs);
      timers.add(timer);
    },
    cancel,
    get heldCount() {
      return held.size;
    },
    async stop() {
      isStopping = true;
      clearInterval(looking);
      for (const timer of timers) clearTimeout(timer);
      await claiming;
      await claimingAbandoned;
      const reason = new Error("this replica stops");
      for (const { ends } of held.values()) letGo(ends, reason);
      const allDone = Promise.all([...held.values()].map(({ done }) => done));
      const losing = setTimeout(() => {
        for (const { ends } of held.values()) ends.lose.abort(reason);
      }, finishWithinMs);
      await allDone;
      clearTimeout(losing);
      clearInterval(renewing);
      await handBack(database.sql, owner).catch(report);
    },
  };
}
