import { setMaxListeners } from "node:events";
import {
  type ClaimedRun,
  type Database,
  type EarlyEnd,
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
import { EndsEarly, earlyEndingBy } from "./early-ending.ts";
import { createHoldings } from "./holdings.ts";
import type { Log } from "./log.ts";
import { RunEnds } from "./run-ends.ts";

/** The most runs one claim takes, and the most a replica holds at once by default. */
const maxClaim = 512;
const defaultCapacity = 4_096;
/** Leases last 5 s and are renewed so often, milliseconds. */
const renewEveryMs = 1_000;
/** So often a replica looks for work that no wake-up told of, and for what a dead one left behind, milliseconds. */
const lookEveryMs = 2_000;
/** So long a replica that stops waits for what may not be broken off, such as the answer to a power action, milliseconds. */
const finishWithinMs = 600;

/** A run in this replica's hands, and what ends it from outside. */
export type HeldRun = ClaimedRun & RunEnds & { readonly operation: RunOperation };

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
  /** Ends an operation's runs early, here and now; other replicas learn of it with their next renewal. */
  endEarly(op: string, by: EarlyEnd): void;
  readonly heldCount: number;
  /** Takes nothing more, lets go of what it has within a second, and hands it over to other replicas. */
  stop(): Promise<void>;
}

const lostLease = "the lease of this run was lost";

const claimKey = (claim: HeldClaim) => `${runKey(claim)}/${claim.fence}`;

export function createWorker(options: WorkerOptions): Worker {
  const { database, owner, log, drive, onLeaseLost, capacity = defaultCapacity } = options;
  const held = new Map<string, { readonly run: HeldRun; readonly done: Promise<void> }>();
  const holdings = createHoldings(capacity);
  const operations = new Map<string, { readonly operation: RunOperation; readonly early: AbortController }>();
  const timers = new Set<NodeJS.Timeout>();
  let claiming: Promise<void> | undefined;
  let claimingAbandoned: Promise<void> | undefined;
  let strayKeys: ReadonlySet<string> = new Set();
  let isPoked = false;
  /** The next run that ends makes room for more. */
  let isFull = false;
  let isStopping = false;

  function start(run: ClaimedRun, operation: RunOperation, earlySignal: AbortSignal): void {
    const key = runKey(run);
    // Ours before, lost, and now ours again: whoever drives it for the old claim must stop.
    held.get(key)?.run.lose(new Error(lostLease));
    const heldRun: HeldRun = Object.assign(new RunEnds(earlySignal), run, { operation });
    const done = drive(heldRun)
      .catch((error: unknown) => {
        if (heldRun.isLetGo) return;
        const about = { err: error, op: run.op, node: run.node };
        if (isUnreachable(error)) log.warn(about, "a node run broke off with the database away; it is taken up again");
        else log.error(about, "a node run broke off");
      })
      .finally(() => {
        holdings.remove(run.chargedTo);
        if (held.get(key)?.run === heldRun) held.delete(key);
        if (isPoked || isFull) look();
      });
    holdings.add(run.chargedTo);
    held.set(key, { run: heldRun, done });
  }

  async function operationsOf(runs: readonly ClaimedRun[]): Promise<void> {
    const missing = [...new Set(runs.map(({ op }) => op))].filter((op) => !operations.has(op));
    if (missing.length === 0) return;
    for (const operation of await readOperations(database.sql, missing)) {
      const early = new AbortController();
      // Whatever is done for one of its nodes listens.
      setMaxListeners(0, early.signal);
      operations.set(operation.op, { operation, early });
      if (operation.endsBy !== null) endEarly(operation.op, operation.endsBy);
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
      if (known) start(run, known.operation, known.early.signal);
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
    for (const [op, by] of renewed.ending) endEarly(op, by);
    const ours = new Set(renewed.held.map(claimKey));
    for (const [key, { run }] of before) {
      if (ours.has(claimKey(run)) || held.get(key)?.run !== run) continue;
      onLeaseLost();
      run.lose(new Error(lostLease));
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

  function endEarly(op: string, by: EarlyEnd): void {
    const known = operations.get(op);
    if (!known || known.early.signal.aborted) return;
    const reason = new EndsEarly(earlyEndingBy(by, known.operation.deadlineAt));
    known.early.abort(reason);
    for (const { run } of held.values()) if (run.op === op) run.leave(reason);
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
    endEarly,
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
      for (const { run } of held.values()) run.letGo(reason);
      const allDone = Promise.all([...held.values()].map(({ done }) => done));
      const losing = setTimeout(() => {
        for (const { run } of held.values()) run.lose(reason);
      }, finishWithinMs);
      await allDone;
      clearTimeout(losing);
      clearInterval(renewing);
      await handBack(database.sql, owner).catch(report);
    },
  };
}
