import type { NodePower, PowerConfig } from "./config.ts";
import type { PowerDriver, PowerDrivers, PowerFailure, PowerOptions, PowerTarget } from "./port.ts";

/** Where no driver of a node can do what is asked. */
export const noDriverCan: PowerFailure = {
  ok: false,
  reason: "power-not-controllable",
  detail: "the node has no power driver that can do this",
};

/** A driver, and what it is given to control one node by. */
export interface PowerWay {
  readonly driver: PowerDriver;
  readonly target: PowerTarget;
}

export interface WayOptions {
  /** Which drivers are tried first; the others follow as the node has them. */
  readonly order?: readonly PowerConfig["driver"][] | undefined;
  /** The one that answered before, and is kept to. */
  readonly only?: PowerConfig["driver"] | undefined;
}

/**
 * How one node's power is controlled. Of several ways it is the first that answers, and from then on that one alone: an
 * outlet that is on says nothing of a machine that its BMC has switched off, so what one has done no other reads back.
 */
export function wayOf(
  drivers: PowerDrivers,
  { node, power }: { readonly node: string; readonly power: NodePower },
  { order = [], only }: WayOptions = {},
): PowerWay | undefined {
  const place = ({ driver }: PowerConfig) => (order.includes(driver) ? order.indexOf(driver) : order.length);
  const configs = Array.isArray(power) ? power.toSorted((a, b) => place(a) - place(b)) : [power];
  const kept = configs.filter(({ driver }) => driver === only);
  const ways = (kept.length > 0 ? kept : configs).map((config): PowerWay => {
    const target = { node, power: config };
    return { driver: drivers.for(target), target };
  });
  const [first] = ways;
  return first && ways.length > 1 ? { driver: firstThatAnswers(ways), target: first.target } : first;
}

/** A driver for one run of one node: it remembers which of its ways answered. */
function firstThatAnswers(ways: readonly PowerWay[]): PowerDriver {
  let chosen: PowerWay | undefined;

  /** Asks the chosen way; while there is none, one after the other, each for the whole time that one alone would have. */
  async function ask<T extends { readonly ok: true }>(
    { deadlineMs }: PowerOptions,
    put: (way: PowerWay, deadlineMs: number) => Promise<T | PowerFailure>,
  ): Promise<T | PowerFailure> {
    if (chosen) return put(chosen, deadlineMs);
    const withinMs = deadlineMs - performance.now();
    let fault: PowerFailure | undefined;
    for (const way of ways) {
      const answer = await put(way, performance.now() + withinMs);
      if (answer.ok) {
        chosen = way;
        return answer;
      }
      fault = fault ? { ...fault, detail: `${fault.detail}; then ${answer.detail}` } : answer;
    }
    return fault ?? noDriverCan;
  }

  const driver: PowerDriver = {
    takesEffect: ways.some((way) => way.driver.takesEffect),
    supports: (_target, command) => ways.some((way) => way.driver.supports(way.target, command)),
    prepare: (_target, options) =>
      ask(options, (way, deadlineMs) => way.driver.prepare(way.target, { ...options, deadlineMs })),
    read: (_target, options) =>
      ask(options, async (way, deadlineMs) => {
        const read = await way.driver.read(way.target, { ...options, deadlineMs });
        return read.ok ? { ...read, by: way.target.power.driver } : read;
      }),
    async fire(target, command, options) {
      if (options.signal.aborted) return { ok: true, outcome: "not-sent" };
      if (!chosen) {
        const ready = await driver.prepare(target, options);
        if (!ready.ok) return ready;
      }
      const able = [...(chosen ? [chosen] : []), ...ways].find((way) => way.driver.supports(way.target, command));
      return able ? able.driver.fire(able.target, command, options) : noDriverCan;
    },
    release: () => {
      for (const way of ways) way.driver.release(way.target);
    },
    async followConsole(_target, options) {
      const shown = ways.find((way) => way.driver.followConsole !== undefined);
      return (await shown?.driver.followConsole?.(shown.target, options)) ?? noDriverCan;
    },
  };
  return driver;
}
