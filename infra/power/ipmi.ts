/**
 * Power by a BMC over IPMI 2.0. All nodes share one client, which keeps a session to each BMC while it is used. What is
 * said of a failure names the BMC and the user, never the password.
 */
import {
  type BmcTarget,
  type CallOptions,
  type ChassisAction,
  IpmiError,
  captureConsole,
  createIpmiClient,
} from "../ipmi-js/index.ts";
import type { BmcAccess, BmcLeave, ExchangeEnd } from "./bmc-access.ts";
import type { IpmiPower } from "./config.ts";
import { reasonOf } from "./ipmi-failure.ts";
import type { OwnedPowerDriver, PowerCommand, PowerFailure, PowerOptions, PowerTarget } from "./port.ts";

const chassisActions: Readonly<Record<PowerCommand, ChassisAction>> = {
  on: "power-on",
  off: "power-off",
  cycle: "power-cycle",
  reset: "hard-reset",
  soft: "soft-shutdown",
  diag: "diagnostic-interrupt",
};

/** A BMC as the client knows it, and the leave that it is asked by. */
interface Reached {
  readonly bmc: BmcTarget;
  readonly leave: BmcLeave;
}

export function createIpmiPower(access: BmcAccess): OwnedPowerDriver<IpmiPower> {
  const client = createIpmiClient();
  /** What `prepare` was given leave for, so that neither a `fire` of the same target nor the reads after it wait for it anew. */
  const prepared = new WeakMap<PowerTarget<IpmiPower>, Reached>();
  /** Targets whose BMC nobody else may talk to before their `fire`. */
  const kept = new WeakSet<PowerTarget<IpmiPower>>();

  const reach = async (target: PowerTarget<IpmiPower>, options: PowerOptions): Promise<Reached | PowerFailure> => {
    const bmcWith = (password: string): BmcTarget => ({ ...target.power, password });
    const leave = await access.ask(target, options, (password) => client.disconnect(bmcWith(password)));
    return leave.ok ? { bmc: bmcWith(leave.password), leave } : leave;
  };
  /** Begins a further exchange with what was prepared, if that still holds. */
  const reachAgain = (target: PowerTarget<IpmiPower>): Reached | undefined => {
    const reached = prepared.get(target);
    return reached && (kept.delete(target) || reached.leave.resume()) ? reached : undefined;
  };
  const unprepare = (target: PowerTarget<IpmiPower>): void => {
    if (kept.delete(target)) void prepared.get(target)?.leave.ended("left");
    prepared.delete(target);
  };

  return {
    takesEffect: true,
    supports: () => true,

    async prepare(target, options) {
      options.signal.throwIfAborted();
      unprepare(target);
      const reached = await reach(target, options);
      if ("ok" in reached) return reached;
      return orFailure(target, { ...options, leave: reached.leave }, async () => {
        await client.connect(reached.bmc, callOptionsOf(options));
        reached.leave.keep();
        kept.add(target);
        prepared.set(target, reached);
        return { ok: true };
      });
    },

    async read(target, options) {
      options.signal.throwIfAborted();
      const isInsistent = options.insistence !== undefined && options.insistence !== "none";
      const reached = (isInsistent ? reachAgain(target) : undefined) ?? (await reach(target, options));
      if ("ok" in reached) return reached;
      const read = await orFailure(target, { ...options, leave: reached.leave }, async () => {
        const { powerState } = await client.chassisStatus(reached.bmc, callOptionsOf(options));
        return { ok: true as const, state: powerState };
      });
      // What was got ready does not hold any more, such as a password that was changed meanwhile.
      if (!read.ok) unprepare(target);
      return read;
    },

    async fire(target, command, options) {
      const reached = reachAgain(target) ?? (await reach(target, options));
      if ("ok" in reached) return reached;
      const { bmc, leave } = reached;
      let end: ExchangeEnd = "left";
      try {
        const { outcome } = await client.chassisControl(bmc, chassisActions[command], {
          ...callOptionsOf(options),
          sendBeforeMs: options.sendBeforeMs,
        });
        if (outcome === "accepted") end = "answered";
        return { ok: true, outcome };
      } catch (error) {
        // The client rejects only where the BMC did nothing.
        if (options.signal.aborted) return { ok: true, outcome: "not-sent" };
        if (!(error instanceof IpmiError)) throw error;
        if (error.code === "not-sent" || error.code === "client-closed") return { ok: true, outcome: "not-sent" };
        const failure = failureOf(target, error);
        end = failure.reason;
        return failure;
      } finally {
        await leave.ended(end);
      }
    },

    async followConsole(target, options) {
      options.signal.throwIfAborted();
      try {
        const reached = await reach(target, options);
        if ("ok" in reached) return reached;
        const { bmc, leave } = reached;
        // The leave ends with the session that power commands go over: a console that is slow to open holds nobody up.
        return await orFailure(target, { ...options, leave }, async () => {
          await client.connect(bmc, callOptionsOf(options));
          return { ok: true as const, console: captureConsole(client, bmc, { signal: options.signal }) };
        });
      } finally {
        access.release(target);
      }
    },

    release(target) {
      unprepare(target);
      access.release(target);
    },

    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Of a call with limits of its own, what came before does not count; else the client counts what is left from now. */
function callOptionsOf({ deadlineMs, limits, signal }: PowerOptions): CallOptions {
  if (limits) return { connectMs: limits.connectMs, deadlineMs: limits.answerMs, signal };
  return { deadlineMs: Math.max(0, deadlineMs - performance.now()), signal };
}

/** Works under a leave, and says how it ended. */
async function orFailure<T>(
  target: PowerTarget,
  { signal, leave }: { readonly signal: AbortSignal; readonly leave: BmcLeave },
  work: () => Promise<T>,
): Promise<T | PowerFailure> {
  let end: ExchangeEnd = "left";
  try {
    const done = await work();
    end = "answered";
    return done;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof IpmiError)) throw error;
    const failure = failureOf(target, error);
    end = failure.reason;
    return failure;
  } finally {
    await leave.ended(end);
  }
}

function failureOf({ node }: PowerTarget, error: IpmiError): PowerFailure {
  const reason = reasonOf(error);
  if (reason === undefined) throw error;
  return { ok: false, reason, detail: `${node}: ${error.message}` };
}
