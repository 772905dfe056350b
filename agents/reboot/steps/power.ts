import { setTimeout as sleep } from "node:timers/promises";
import type { PowerCommand, PowerFailure, PowerState } from "../../../infra/power/index.ts";
import type { ObservationOf, StepFailure } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";
import type { Turn } from "../turns.ts";

/**
 * A power action must leave within this time of the ledger's `firing`, by the monotonic clock, or be said anew: so a
 * process that was stopped in between fires nothing that another replica has meanwhile taken over.
 */
export const firingWindowMs = 500;
/** Pauses before `firing` is said anew, milliseconds; the last one repeats, until the type's time for the BMC is up. */
const refirePausesMs = [0, 50, 100, 250, 500, 1_000] as const;

const notControllable: StepFailure = {
  reason: "power-not-controllable",
  detail: "the node has no power driver that can do this",
};

export function readPower(context: NodeContext): Promise<ObservationOf<"read-power">> {
  return readWith(context, context.leaveSignal);
}

async function readWith({ power, settings }: NodeContext, signal: AbortSignal): Promise<ObservationOf<"read-power">> {
  if (!power) return { step: "read-power", failure: notControllable };
  const deadlineMs = performance.now() + settings.bmcMs;
  const read = await power.driver.read(power.target, { deadlineMs, signal });
  return read.ok ? { step: "read-power", power: read.state } : { step: "read-power", failure: failureOf(read) };
}

/**
 * Switches the power and reads it back. After a take-over it reads first: what is done is not done again, and where that
 * cannot tell, nothing is sent. A cancel does not end it: the node may be off.
 */
export async function switchPower(context: NodeContext, wanted: PowerState): Promise<ObservationOf<"power-on">> {
  const step = wanted === "on" ? "power-on" : "power-off";
  const { power } = context;
  if (!power?.driver.supports(power.target, wanted)) {
    return { step, isConfirmed: false, failure: notControllable, mayHaveFired: false };
  }
  if (context.isResumed) {
    const before = await readWith(context, context.run.signal);
    if ("failure" in before) return { step, isConfirmed: false, failure: before.failure, mayHaveFired: true };
    if (before.power === wanted) return { step, isConfirmed: true };
  }
  const fired = await fire(context, wanted);
  if (fired.kind === "failed") {
    return { step, isConfirmed: false, failure: fired.failure, mayHaveFired: context.isResumed };
  }
  const failure = await confirm(context, wanted);
  if (!failure) return { step, isConfirmed: true };
  return { step, isConfirmed: false, failure, mayHaveFired: true };
}

/** A command that can't be read back: it is sent once, and never again after a take-over. */
export async function fireOnce(context: NodeContext, command: PowerCommand): Promise<ObservationOf<"fire">> {
  if (context.isResumed) return { step: "fire", outcome: "unknown" };
  const fired = await fire(context, command);
  return fired.kind === "failed" ? { step: "fire", failure: fired.failure } : { step: "fire", outcome: fired.outcome };
}

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
  const { signal } = run;
  const powersOn = command === "on" || command === "cycle";
  let giveUpAtMs = performance.now() + settings.bmcMs;
  let isReady = false;
  for (let firings = 0; firings === 0 || performance.now() < giveUpAtMs; firings++) {
    if (firings > 0) await sleep(refirePausesMs[Math.min(firings, refirePausesMs.length) - 1], undefined, { signal });
    if (!isReady) {
      const ready = await driver.prepare(target, { deadlineMs: performance.now() + settings.bmcMs, signal });
      if (!ready.ok) return { kind: "failed", failure: failureOf(ready) };
      isReady = true;
    }
    const turn = powersOn ? await awaitPowerOnTurn(context) : undefined;
    giveUpAtMs += turn?.waitMs ?? 0;
    const saidAtMs = driver.takesEffect ? await context.sayFiring({ stampsPower: powersOn }) : performance.now();
    const sendBeforeMs = Math.min(saidAtMs, turn?.notBeforeMs ?? saidAtMs) + firingWindowMs;
    // Where the ledger alone was late, what was got ready still is.
    if (performance.now() >= sendBeforeMs) continue;
    const sent = await driver.fire(target, command, {
      sendBeforeMs,
      deadlineMs: performance.now() + settings.bmcMs,
      signal,
    });
    if (!sent.ok) return { kind: "failed", failure: failureOf(sent) };
    if (sent.outcome !== "not-sent") return { kind: "fired", outcome: sent.outcome };
    isReady = false;
  }
  const detail = `${run.node}: the command could not leave in time for ${settings.bmcMs} ms; the session was lost, or the ledger slow`;
  return { kind: "failed", failure: { reason: "bmc-too-slow", detail } };
}

/**
 * Books a power-on on the node's circuit and waits for its instant. A turn that is not used within the firing window is
 * void, and another is booked. Undefined at once where nothing is paced.
 */
async function awaitPowerOnTurn({ run, tools }: NodeContext): Promise<Turn | undefined> {
  if (!run.circuitLimit) return undefined;
  const turn = await tools.turns.book(run.circuitLimit, "power-on");
  if (turn.waitMs > 0) await sleep(turn.waitMs, undefined, { signal: run.signal });
  return turn;
}

/** Reads until the power is as wanted; a BMC that stumbles meanwhile is asked on, until the type's time is up. */
async function confirm(context: NodeContext, wanted: PowerState): Promise<StepFailure | undefined> {
  const { power, settings, run } = context;
  if (!power) return notControllable;
  const deadlineMs = performance.now() + settings.powerConfirmMs;
  for (;;) {
    // The read that is under way when the time is up is waited for: cut off, it could not tell.
    const readOptions = { deadlineMs: performance.now() + settings.bmcMs, signal: run.signal };
    const read = await power.driver.read(power.target, readOptions);
    if (read.ok && read.state === wanted) return undefined;
    if (performance.now() + settings.powerPollMs >= deadlineMs) {
      if (!read.ok) return failureOf(read);
      const detail = `${run.node} still reads ${read.state} ${settings.powerConfirmMs} ms after ${wanted} was accepted`;
      return { reason: "power-not-confirmed", detail };
    }
    await sleep(settings.powerPollMs, undefined, { signal: run.signal });
  }
}

function failureOf({ reason, detail }: PowerFailure): StepFailure {
  return { reason, detail };
}
