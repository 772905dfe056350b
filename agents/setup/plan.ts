import { type NodeState, type NodeTypeOverrides, settingsWith } from "../../contracts/index.ts";

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
  /** The host that must be up first. */
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
 * Where no OS is wanted, whatever is there counts as wanted. A virtual node has no disk of its own: it is rebooted, after
 * its host if that is restarted too. A node whose type cannot be loaded and that needs it is impossible.
 */
export function planSetup(
  nodes: readonly SetupFacts[],
  systems: ReadonlyMap<string, SystemFacts>,
): ReadonlyMap<string, NodePlan> {
  const physical = nodes
    .filter(({ host }) => host === null)
    .map((node) => [node.node, planNode(node, systems)] as const);
  const restarted = new Set(physical.filter(([, { action }]) => action !== "none").map(([node]) => node));
  const virtual = nodes
    .filter(({ host }) => host !== null)
    .map((node) => [node.node, planGuest(node, systems, restarted)] as const);
  return new Map([...physical, ...virtual]);
}

function planNode(facts: SetupFacts, systems: ReadonlyMap<string, SystemFacts>): NodePlan {
  const wanted = facts.os === null ? undefined : resolveSystem(facts.os, systems);
  const shared = { isNonfatal: facts.isNonfatal, waitS: waitOf(facts, wanted) };
  if (wanted && facts.bootImage !== wanted.image) {
    return { ...shared, action: facts.isImageable ? "reload" : "impossible", image: wanted.image };
  }
  return { ...shared, action: restartOf(facts) };
}

function planGuest(
  facts: SetupFacts,
  systems: ReadonlyMap<string, SystemFacts>,
  restarted: ReadonlySet<string>,
): NodePlan {
  const wanted = facts.os === null ? undefined : resolveSystem(facts.os, systems);
  const shared = { isNonfatal: facts.isNonfatal, waitS: waitOf(facts, wanted) };
  if (facts.host !== null && restarted.has(facts.host)) return { ...shared, action: "reboot", after: facts.host };
  return { ...shared, action: restartOf(facts) === "none" ? "none" : "reboot" };
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

/** How long a plan takes if all goes well, seconds: half of what is waited for, and for a load its reboot and the load itself. */
export function estimateS(
  plan: NodePlan,
  fileBytesOf: ReadonlyMap<string, number>,
  overrides: NodeTypeOverrides,
): number {
  const bootS = plan.waitS / 2;
  switch (plan.action) {
    case "none":
    case "impossible":
      return 0;
    case "reconfigure":
      return Math.ceil(settingsWith(overrides).reconfigureMs / 1_000);
    case "reboot":
      return Math.ceil(bootS);
    case "reload": {
      const mib = (fileBytesOf.get(plan.image) ?? 0) / (1024 * 1024);
      return Math.ceil(2 * bootS + mib * settingsWith(overrides).reloadPerMiBS);
    }
  }
}
