import { setTimeout as sleep } from "node:timers/promises";
import type { FailureReason } from "../../../contracts/index.ts";
import type { PowerCommand, PowerState } from "../../../infra/power/index.ts";
import type { ObservationOf, StepFailure } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";
import { fire } from "./fire.ts";
import { failureOf, notControllable, powerOptions } from "./power-options.ts";

export function readPower(context: NodeContext): Promise<ObservationOf<"read-power">> {
  return readWith(context, () => context.run.leaveSignal);
}

async function readWith(context: NodeContext, signalOf: () => AbortSignal): Promise<ObservationOf<"read-power">> {
  const { power } = context;
  if (!power) return { step: "read-power", failure: notControllable };
  const read = await power.driver.read(power.target, powerOptions(context, signalOf));
  const { by } = read.ok ? read : {};
  return read.ok
    ? { step: "read-power", power: read.state, ...(by ? { by } : {}) }
    : { step: "read-power", failure: failureOf(read) };
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
    const before = await readWith(context, () => context.run.signal);
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

/** Whoever asks on after one of these may lock the BMC's user out. */
const lockingReasons: ReadonlySet<FailureReason> = new Set(["bmc-password-invalid", "bmc-user-invalid"]);

/** Reads until the power is as wanted; a BMC that stumbles meanwhile is asked on, until the type's time is up. */
async function confirm(context: NodeContext, wanted: PowerState): Promise<StepFailure | undefined> {
  const { power, settings, run } = context;
  if (!power) return notControllable;
  const deadlineMs = performance.now() + settings.powerConfirmMs;
  for (;;) {
    // The read that is under way when the time is up is waited for: cut off, it could not tell.
    const read = await power.driver.read(
      power.target,
      powerOptions(context, () => run.signal, "unreachable"),
    );
    if (read.ok && read.state === wanted) return undefined;
    if (!read.ok && lockingReasons.has(read.reason)) return failureOf(read);
    if (performance.now() + settings.powerPollMs >= deadlineMs) {
      if (!read.ok) return failureOf(read);
      const detail = `${run.node} still reads ${read.state} ${settings.powerConfirmMs} ms after ${wanted} was accepted`;
      return { reason: "power-not-confirmed", detail };
    }
    await sleep(settings.powerPollMs, undefined, { signal: run.signal });
  }
}
