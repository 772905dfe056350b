import { setTimeout as sleep } from "node:timers/promises";
import type { CircuitLimit } from "../../../infra/db/index.ts";
import type { PowerCommand } from "../../../infra/power/index.ts";
import type { StepFailure } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";
import type { Turn } from "../turns.ts";
import { failureOf, notControllable, powerOptions } from "./power-options.ts";

/**
 * A power action must leave within this time of the ledger's `firing`, by the monotonic clock, or be said anew: so a
 * process that was stopped in between fires nothing that another replica has meanwhile taken over.
 */
export const firingWindowMs = 500;
/** Pauses before `firing` is said anew, milliseconds; the last one repeats, until the type's time for the BMC is up. */
const refirePausesMs = [0, 50, 100, 250, 500, 1_000] as const;

type Fired =
  | { readonly kind: "fired"; readonly outcome: "accepted" | "unknown" }
  | { readonly kind: "failed"; readonly failure: StepFailure };

/**
 * Gets ready, says `firing`, sends. What did not leave in the window, because the session was lost or this process or the
 * ledger slow, is said anew for as long as the BMC itself would be waited for.
 */
export async function fire(context: NodeContext, command: PowerCommand): Promise<Fired> {
  const { power, settings, run } = context;
  if (!power?.driver.supports(power.target, command)) return { kind: "failed", failure: notControllable };
  const { driver, target } = power;
  const powersOn = command === "on" || command === "cycle";
  let giveUpAtMs = performance.now() + settings.bmcMs;
  let isReady = false;
  for (let firings = 0; firings === 0 || performance.now() < giveUpAtMs; firings++) {
    if (firings > 0) {
      // This replica stops, and nothing has left: the next one need not wonder whether it did.
      if (run.isLetGo) await context.takeBackFiring();
      await sleep(refirePausesMs[Math.min(firings, refirePausesMs.length) - 1], undefined, { signal: run.signal });
    }
    if (!isReady) {
      const beganAtMs = performance.now();
      const ready = await driver.prepare(
        target,
        powerOptions(context, () => run.signal),
      );
      // Opening the session has its own time.
      giveUpAtMs += performance.now() - beganAtMs;
      if (!ready.ok) return { kind: "failed", failure: failureOf(ready) };
      isReady = true;
    }
    const turn = powersOn && run.circuitLimit ? await awaitPowerOnTurn(context, run.circuitLimit) : undefined;
    giveUpAtMs += turn?.waitMs ?? 0;
    const askedAtMs = performance.now();
    const saidAtMs = driver.takesEffect ? await context.sayFiring({ stampsPower: powersOn }) : askedAtMs;
    // Others' turns before ours at the ledger are not the BMC's time.
    giveUpAtMs += saidAtMs - askedAtMs;
    const sendBeforeMs = Math.min(saidAtMs, turn?.notBeforeMs ?? saidAtMs) + firingWindowMs;
    // Where the ledger alone was late, what was got ready still is.
    if (performance.now() >= sendBeforeMs) continue;
    const options = Object.assign(
      powerOptions(context, () => run.lostSignal),
      { sendBeforeMs },
    );
    const sent = await driver.fire(target, command, options);
    if (!sent.ok) return { kind: "failed", failure: failureOf(sent) };
    if (sent.outcome !== "not-sent") return { kind: "fired", outcome: sent.outcome };
    isReady = false;
  }
  const detail = `${run.node}: the command could not leave in time for ${settings.bmcMs} ms; the session was lost, or the ledger slow`;
  return { kind: "failed", failure: { reason: "bmc-too-slow", detail } };
}

/**
 * Books a power-on on the node's circuit and waits for its instant. A turn that is not used within the firing window is
 * void, and another is booked.
 */
async function awaitPowerOnTurn({ run, tools }: NodeContext, limit: CircuitLimit): Promise<Turn> {
  const turn = await tools.turns.book(limit, "power-on");
  if (turn.waitMs > 0) await sleep(turn.waitMs, undefined, { signal: run.signal });
  return turn;
}
