import { DryRunAnswer, type NodeResult, type Retry, hasShape } from "../../../contracts/index.ts";
import type { Operation, Reveille } from "../../../bus/index.ts";
import { foldNames } from "../node-set/fold-names.ts";
import type { FleetFile } from "../up/fleet-file.ts";

/** One thing that is asked for in the demo, and how it must end. */
export interface Scene {
  readonly title: string;
  /** What there is to see in it, for a person. */
  readonly about: string;
  readonly nodelist: readonly string[];
  readonly ask: (reveille: Reveille, nodelist: string[]) => Promise<Operation>;
  /** What is printed before it is asked for: what would become of the nodes. */
  readonly preview?: (reveille: Reveille) => Promise<readonly string[]>;
  readonly code: number;
  readonly retry?: Retry;
  /** How a node ends, in the words of `endOf`; `others` stands for those that are not named. */
  readonly ends: Readonly<Record<string, string>> & { readonly others: string };
  /** The image that the nodes' disks must hold afterwards, byte for byte. */
  readonly loads?: string;
}

const all = Array.from({ length: 24 }, (_, index) => `pc${index + 1}`);
const firstHalf = all.slice(0, 12);
const free = all.slice(21);
/** The experiment: nodes that the first scene loads, and nodes that nobody ever loaded. */
const lab = all.slice(9, 17);

const faults = {
  pc3: "bmc-dead",
  pc5: "falls-off-reload",
  pc6: "bmc-wrong-password",
  pc9: "ssh-hangs",
  pc15: "never-boots",
  pc18: "bmc-lossy",
  pc21: "powered-off",
} as const;

/** 24 machines, seven of them faulty. */
export const fleet: FleetFile = {
  nodes: all.map((name) => ({ name, ...(name in faults ? { fault: faults[name as keyof typeof faults] } : {}) })),
  images: [{ name: "base" }, { name: "missing", missing: true }],
  experiments: [{ name: "demo/lab", nodes: lab, os: "base" }],
};

export const scenes: readonly Scene[] = [
  {
    title: "reload half of the fleet",
    about: "pc5 boots its old disk instead and is tried once more; ssh hangs on pc9, so its BMC does what ssh did not",
    nodelist: firstHalf,
    ask: (reveille, nodelist) => reveille.reload({ nodelist, imageid: "base", waitmode: "booted" }),
    code: 0,
    ends: {
      pc5: "succeeded via power-cycle at attempt 2",
      pc9: "succeeded via power-cycle",
      others: "succeeded via ssh",
    },
    loads: "base",
  },
  {
    title: "reload the free nodes with an image whose file is gone",
    about: "told at once; no node is touched, and nothing is tried again",
    nodelist: free,
    ask: (reveille, nodelist) => reveille.reload({ nodelist, imageid: "missing" }),
    code: free.length,
    ends: { others: "failed image-file-missing" },
  },
  {
    title: "reboot half of the fleet",
    about: "gently, by ssh; pc9, on which ssh hangs, is power cycled, and dead BMCs are in nobody's way",
    nodelist: firstHalf,
    ask: (reveille, nodelist) => reveille.reboot({ nodelist, waitmode: true }),
    code: 0,
    ends: { pc9: "succeeded via power-cycle", others: "succeeded via ssh" },
  },
  {
    title: "power cycle all of it, and wait for ISUP",
    about: "a dead BMC, a wrong password and pc15, which never boots, each have their name; pc21 was off",
    nodelist: all,
    ask: (reveille, nodelist) => reveille.reboot({ nodelist, powercycle: true, waitmode: true, waittime: 10 }),
    code: 3,
    ends: {
      pc3: "failed bmc-unreachable",
      pc6: "failed bmc-password-invalid",
      pc15: "failed boot-timeout",
      pc21: "succeeded via power-on",
      others: "succeeded via power-cycle",
    },
  },
  {
    title: "set up the experiment demo/lab",
    about: "each node by what is recorded of it, all at once; pc15 fails, the others do not wait for it",
    nodelist: lab,
    preview: planOfLab,
    ask: (reveille) => reveille.setup({ experiment: "demo/lab" }),
    code: 1,
    retry: "futile",
    ends: {
      ...Object.fromEntries(["pc10", "pc11", "pc12"].map((node) => [node, "succeeded via reconfigure"])),
      pc15: "failed reload-not-started",
      others: "succeeded via ssh",
    },
    loads: "base",
  },
];

/** How a node ended, in the words in which the scenes say what they expect. */
export function endOf(result: NodeResult | undefined): string {
  if (!result) return "no result";
  if (result.status === 1) return `${result.outcome} ${result.reason}`;
  const again = result.attempts > 1 ? ` at attempt ${result.attempts}` : "";
  return `${result.outcome}${result.via === undefined ? "" : ` via ${result.via}`}${again}`;
}

/** What the setup agent would do to each node, folded by what it is. */
async function planOfLab(reveille: Reveille): Promise<readonly string[]> {
  const reply = await reveille.plan("setup", { experiment: "demo/lab" });
  if (!reply.ok || !hasShape(DryRunAnswer, reply.answer)) return [];
  const planned = new Map<string, string[]>();
  for (const { node, plan = "nothing" } of reply.answer.nodes) planned.set(plan, [...(planned.get(plan) ?? []), node]);
  return [...planned].map(([plan, nodes]) => `${plan}: ${foldNames(nodes)}`);
}
