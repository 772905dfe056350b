import { setTimeout as sleep } from "node:timers/promises";
import { type Sql, giveUpHolds, isUnreachable, leaseS } from "../../../infra/db/index.ts";
import type { PowerTarget } from "../../../infra/power/index.ts";
import type { Log } from "../../runtime/log.ts";
import { repeat } from "../../runtime/repeat.ts";
import { BmcHold } from "./bmc-hold.ts";

/**
 * The BMCs that this replica talks to: of all replicas one at a time talks to each. A BMC is taken in the ledger with the
 * facts that are read of it anyway. It is given up, its sessions closed, once no run here may ask it again, and between two
 * exchanges when another replica waits for it.
 */
export interface BmcHolds {
  /** The BMC for a target, which may ask it until it is released. */
  use(bmc: string, target: PowerTarget): BmcHold;
  release(target: PowerTarget): void;
  /** Gives up all that no exchange needs any more. */
  stop(): Promise<void>;
}

/** How often it is seen who waits for what is held here, and given up what is not needed, milliseconds. */
const lookEveryMs = 250;
/** A session that takes longer to close is seen to the next time, milliseconds. */
const hangUpWithinMs = 50;
/** After so long without a look, by the monotonic clock, another replica may have all that is held here, milliseconds. */
const lapseMs = (leaseS - 1) * 1_000;

export interface BmcHoldsOptions {
  readonly relaxedSql: Sql;
  /** This replica's name, by which its runs are leased. */
  readonly owner: string;
  readonly log: Log;
}

export function createBmcHolds({ relaxedSql, owner, log }: BmcHoldsOptions): BmcHolds {
  const holds = new Map<string, BmcHold>();
  const bmcOf = new WeakMap<PowerTarget, string>();
  let lookedAtMs = performance.now();

  async function giveUp(): Promise<void> {
    const closing = [...holds.values()].filter(({ isSpare }) => isSpare).map((hold) => hold.hangUp());
    if (closing.length > 0) await Promise.race([Promise.all(closing), sleep(hangUpWithinMs)]);
    const closed = [...holds].filter(([, { isClosed }]) => isClosed);
    const wanted = await giveUpHolds(
      relaxedSql,
      owner,
      closed.map(([bmc]) => bmc),
    );
    for (const [bmc, hold] of closed) {
      hold.givenUp();
      forget(bmc, hold);
    }
    for (const bmc of wanted) holds.get(bmc)?.want();
  }

  function forget(bmc: string, { isForgotten }: BmcHold): void {
    if (isForgotten) holds.delete(bmc);
  }

  /** This process was stopped, or the ledger away, for so long that nothing is surely ours any more. */
  function yieldIfLapsed(): void {
    if (performance.now() - lookedAtMs > lapseMs) for (const hold of holds.values()) hold.want();
  }

  async function look(): Promise<void> {
    yieldIfLapsed();
    if (holds.size > 0) await giveUp();
    lookedAtMs = performance.now();
    // What somebody has just turned out to wait for need not wait for the next look.
    if ([...holds.values()].some(({ isSpare }) => isSpare)) await giveUp();
  }

  function report(err: unknown): void {
    if (isUnreachable(err)) log.debug({ err }, "BMCs are given up once the database is back");
    else log.error({ err }, "BMCs cannot be given up; it is tried again");
  }

  const looking = repeat(look, { everyMs: lookEveryMs, onFault: report });

  return {
    use(bmc, target) {
      yieldIfLapsed();
      const hold = holds.get(bmc) ?? new BmcHold();
      holds.set(bmc, hold);
      bmcOf.set(target, bmc);
      hold.use(target);
      return hold;
    },
    release(target) {
      const bmc = bmcOf.get(target);
      const hold = bmc === undefined ? undefined : holds.get(bmc);
      if (bmc === undefined || hold === undefined) return;
      hold.leave(target);
      forget(bmc, hold);
    },
    async stop() {
      await looking.stop();
      await look().catch(report);
    },
  };
}
