import type { NoPower } from "./config.ts";
import type { OwnedPowerDriver, PowerCommand, PowerState } from "./port.ts";

/** What a machine's state would be after the command; undefined if the command leaves it as it is. */
const stateAfter: Readonly<Record<PowerCommand, PowerState | undefined>> = {
  on: "on",
  cycle: "on",
  reset: "on",
  off: "off",
  soft: "off",
  diag: undefined,
};

/**
 * Nodes without power control, for tests and benchmarks: accepts everything, does nothing, and reads back what this
 * process last asked for (`on` at first). Nothing changes in the world, so nothing needs to be written before it, and
 * all is done at once, so there is nothing to call off.
 */
export function createNonePower(): OwnedPowerDriver<NoPower> {
  const offNodes = new Set<string>();
  return {
    takesEffect: false,
    supports: () => true,
    async prepare() {
      return { ok: true };
    },
    async read({ node }) {
      return { ok: true, state: offNodes.has(node) ? "off" : "on" };
    },
    async fire({ node }, command, { sendBeforeMs }) {
      if (performance.now() >= sendBeforeMs) return { ok: true, outcome: "not-sent" };
      const state = stateAfter[command];
      if (state === "off") offNodes.add(node);
      else if (state === "on") offNodes.delete(node);
      return { ok: true, outcome: "accepted" };
    },
    release: () => undefined,
    async [Symbol.asyncDispose]() {
      offNodes.clear();
    },
  };
}
