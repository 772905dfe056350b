import { type NodeState, type NodeTypeOverrides, settingsWith } from "../../contracts/index.ts";
import { estimatedLoadSeconds } from "../runtime/load-times.ts";

/** An OS that experiments may ask for by name; exactly one of `version` and `image` is set. */
export interface SystemFacts {
  readonly name: string;
  readonly version: string | null;
  readonly image: string | null;
  readonly bootTimeS: number | null;
}

/** What is recorded of one node of an experiment, at the moment of its setup. */
export interface SetupFacts {
  readonly node: string;
  /** Of a virtual node: the machine that it lives on. */
  readonly host: string | null;
  /** Of a node that is built into another: that one. It has a disk and a power control of its own. */
  readonly subnodeOf: string | null;
  readonly isImageable: boolean;
  readonly settings: NodeTypeOverrides;
  /** The node's own, else its experiment's; null: whatever is there. */
  readonly os: string | null;
  readonly isNonfatal: boolean;
  readonly state: NodeState | null;
  /** The image that boots; null while a load is under way or after one broke off; undefined if nothing was ever loaded. */
  readonly bootImage: string | null | undefined;
  /** How far the last setup of this very experiment brought the node; null if none did. */
  readonly allocation: "setting-up" | "ready" | "down" | "dirty" | null;
}

/** What an OS's name stands for: the image that holds it, and how long it boots. */
export interface ResolvedSystem {
  readonly image: string;
  readonly bootTimeS: number | null;
}

/** What is done to bring one node to its OS. */
export type NodePlan = {
  readonly isNonfatal: boolean;
  /** From the restart to ISUP, seconds: the type's BIOS time and the OS's boot time, doubled, else the type's `setupWaitS`. */
  readonly waitS: number;
  /** The machine that must be up first: its host, or what it is built into. */
  readonly after?: string;
} & (
  | { readonly action: "none" | "reconfigure" | "reboot" }
  | { readonly action: "reload"; readonly image: string }
  | { readonly action: "impossible"; readonly image: string }
);

/**
 * What a name stands for: a generic one for its version, and so on, to the image that holds it; a name that is no OS's is
 * an image's. Circles are refused when they are written; one that is met all the same ends as a name does.
 */
export function resolveSystem(name: string, systems: ReadonlyMap<string, SystemFacts>): ResolvedSystem {
  const seen = new Set<string>();
  let bootTimeS: number | null = null;
  let at = name;
  for (let system = systems.get(at); system && !seen.has(at); system = systems.get(at)) {
    seen.add(at);
    bootTimeS = system.bootTimeS ?? bootTimeS;
    if (system.version === null) return { image: system.image ?? at, bootTimeS };
    at = system.version;
  }
  return { image: at, bootTimeS };
}

/**
 * What each node of an experiment needs, pure:
 *
 * | on its disk | state | last setup of this experiment | then |
 * | --- | --- | --- | --- |
 * | the wanted image | ISUP | ready | nothing |
 * | the wanted image | ISUP | none | reconfigure |
 * | the wanted image | anything else | anything | reboot |
 * | another, none, or a load that broke off | anything | anything | reload |
 *
 * Where no OS is wanted, whatever is there counts as wanted. A virtual node has no disk of its own: it is rebooted and never
 * loaded. What lives on or in another machine of the experiment comes after it where that is restarted, and is then
 * restarted itself: it went down too, and a load of it would have been cut short. A node whose type cannot be loaded and
 * that needs it is impossible.
 */
export function planSetup(
  nodes: readonly SetupFacts[],
  systems: ReadonlyMap<string, SystemFacts>,
): ReadonlyMap<string, NodePlan> {
  const factsOf = new Map(nodes.map((facts) => [facts.node, facts]));
  const plans = new Map<string, NodePlan>();
  const planOf = (facts: SetupFacts): NodePlan => {
    const known = plans.get(facts.node);
    if (known) return known;
    const machine = factsOf.get(facts.host ?? facts.subnodeOf ?? "");
    // Circles are refused when they are written.
    const after = machine && goesDown(planOf(machine)) ? machine.node : undefined;
    const plan = after === undefined ? planNode(facts, systems) : planAfter(after, facts, systems);
    plans.set(facts.node, plan);
    return plan;
  };
  for (const facts of nodes) planOf(facts);
  return plans;
}

/** Whether a node is restarted, and what lives on or in it with it. */
function goesDown({ action }: NodePlan): boolean {
  return action === "reboot" || action === "reload" || action === "reconfigure";
}

function planNode(facts: SetupFacts, systems: ReadonlyMap<string, SystemFacts>): NodePlan {
  const wanted = facts.os === null ? undefined : resolveSystem(facts.os, systems);
  const shared = { isNonfatal: facts.isNonfatal, waitS: waitOf(facts, wanted) };
  if (facts.host !== null) return { ...shared, action: restartOf(facts) === "none" ? "none" : "reboot" };
  if (wanted && facts.bootImage !== wanted.image) {
    return { ...shared, action: facts.isImageable ? "reload" : "impossible", image: wanted.image };
  }
  return { ...shared, action: restartOf(facts) };
}

function planAfter(after: string, facts: SetupFacts, systems: ReadonlyMap<string, SystemFacts>): NodePlan {
  const alone = planNode(facts, systems);
  switch (alone.action) {
    case "impossible":
      return alone;
    case "reload":
      return { ...alone, after };
    case "none":
    case "reconfigure":
    case "reboot":
      return { ...alone, action: "reboot", after };
  }
}

function restartOf({ state, allocation }: SetupFacts): "none" | "reconfigure" | "reboot" {
  if (state !== "ISUP") return "reboot";
  if (allocation === "ready") return "none";
  return allocation === null ? "reconfigure" : "reboot";
}

function waitOf({ settings }: SetupFacts, wanted: ResolvedSystem | undefined): number {
  const { biosTimeS, setupWaitS } = settingsWith(settings);
  const bootTimeS = wanted?.bootTimeS ?? null;
  return biosTimeS === undefined || bootTimeS === null ? setupWaitS : 2 * (biosTimeS + bootTimeS);
}

/**
 * How long each plan takes if all goes well, seconds: a boot is half of what is waited for, and a load comes before it.
 * What comes after another machine takes that one's time besides.
 */
export function estimateSetup(
  plans: ReadonlyMap<string, NodePlan>,
  nodes: readonly Pick<SetupFacts, "node" | "settings">[],
  fileBytesOf: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const settingsOf = new Map(nodes.map(({ node, settings }) => [node, settingsWith(settings)]));
  const secondsOf = (node: string): number => {
    const [plan, settings] = [plans.get(node), settingsOf.get(node)];
    if (!plan || !settings) return 0;
    const before = plan.after === undefined ? 0 : secondsOf(plan.after);
    switch (plan.action) {
      case "none":
      case "impossible":
        return 0;
      case "reconfigure":
        return before + settings.reconfigureMs / 1_000;
      case "reboot":
        return before + plan.waitS / 2;
      case "reload":
        return before + estimatedLoadSeconds(settings, fileBytesOf.get(plan.image) ?? 0) + plan.waitS / 2;
    }
  };
  return new Map([...plans.keys()].map((node) => [node, Math.ceil(secondsOf(node))]));
}
