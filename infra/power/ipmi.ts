/**
 * Power by a BMC over IPMI 2.0. All nodes share one client, which keeps a session to each BMC while it is used. What is
 * said of a failure names the BMC and the user, never the password.
 */
import { type BmcTarget, type CallOptions, type ChassisAction, IpmiError, createIpmiClient } from "../ipmi-js/index.ts";
import type { IpmiPower } from "./config.ts";
import type { Credentials } from "./credentials.ts";
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

export function createIpmiPower(credentials: Credentials): OwnedPowerDriver<IpmiPower> {
  const client = createIpmiClient();
  /** What `prepare` looked up, so that a `fire` of the same target need not wait for the credentials. */
  const prepared = new WeakMap<PowerTarget<IpmiPower>, BmcTarget>();

  const lookUp = async ({ node, power }: PowerTarget<IpmiPower>): Promise<BmcTarget | undefined> => {
    const found = await credentials(node);
    return found && { ...power, password: found.password };
  };

  return {
    takesEffect: true,
    supports: () => true,

    async prepare(target, options) {
      options.signal.throwIfAborted();
      prepared.delete(target);
      const bmc = await lookUp(target);
      if (!bmc) return credentialsMissing(target);
      prepared.set(target, bmc);
      return orFailure(target, options, async () => {
        await client.connect(bmc, callOptionsOf(options));
        return { ok: true };
      });
    },

    async read(target, options) {
      options.signal.throwIfAborted();
      const bmc = await lookUp(target);
      if (!bmc) return credentialsMissing(target);
      return orFailure(target, options, async () => {
        const { powerState } = await client.chassisStatus(bmc, callOptionsOf(options));
        return { ok: true, state: powerState };
      });
    },

    async fire(target, command, options) {
      const bmc = prepared.get(target) ?? (await lookUp(target));
      if (!bmc) return credentialsMissing(target);
      try {
        const { outcome } = await client.chassisControl(bmc, chassisActions[command], {
          ...callOptionsOf(options),
          sendBeforeMs: options.sendBeforeMs,
        });
        return { ok: true, outcome };
      } catch (error) {
        // The client rejects only where the BMC did nothing.
        if (options.signal.aborted) return { ok: true, outcome: "not-sent" };
        if (!(error instanceof IpmiError)) throw error;
        if (error.code === "not-sent" || error.code === "client-closed") return { ok: true, outcome: "not-sent" };
        return failureOf(target, error);
      }
    },

    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The client counts a call's time from now. */
function callOptionsOf({ deadlineMs, signal }: PowerOptions): CallOptions {
  return { deadlineMs: Math.max(0, deadlineMs - performance.now()), signal };
}

async function orFailure<T>(
  target: PowerTarget,
  options: PowerOptions,
  work: () => Promise<T>,
): Promise<T | PowerFailure> {
  try {
    return await work();
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof IpmiError) return failureOf(target, error);
    throw error;
  }
}

function failureOf({ node }: PowerTarget, error: IpmiError): PowerFailure {
  const reason = reasonOf(error);
  if (reason === undefined) throw error;
  return { ok: false, reason, detail: `${node}: ${error.message}` };
}

function credentialsMissing({ node }: PowerTarget): PowerFailure {
  return {
    ok: false,
    reason: "bmc-credentials-missing",
    detail: `${node}: no password is recorded for its BMC; set one`,
  };
}
