import { FleetOptionsError, SimulatedNodeUnknownError } from "../errors.ts";
import type { BootMs } from "../machine/boot-plan.ts";
import type { JournalEntry } from "../machine/journal.ts";
import { parseAuthorizedKey } from "../ssh/authentication.ts";
import { allOrNone } from "./all-or-none.ts";
import { createForkedShare } from "../processes/forked-share.ts";
import { createLocalShare } from "./local-share.ts";
import { type SimulatedNodeSpec, planNodes } from "./node-plan.ts";
import type { SimulatedNode } from "./simulated-node.ts";

const DEFAULT_BOOT_MS: BootMs = [1_000, 3_000];

export interface FleetOptions {
  readonly nodes: readonly SimulatedNodeSpec[];
  /** All randomness comes from it and the nodes' names, so that a run can be repeated; ports and boot ids alone do not. 1 by default. */
  readonly seed?: number;
  /** The line of the OpenSSH public key that may log in as root, on every node. */
  readonly authorizedKey: string;
  /** The least and the most that a boot takes, in milliseconds. 1,000 to 3,000 by default. */
  readonly bootMs?: BootMs;
  /** The first node's address, the others' count up from it. 127.16.0.1 by default. */
  readonly firstAddress?: string;
  /** Holds a sparse file for each node that loads an image, made when it does; without one, loads end in `write-error`. */
  readonly diskDir?: string;
  /** The public half of the site's image key, PEM; without it the machines do not look at signatures. */
  readonly imageKey?: string;
  /** With more than 1 (the default), so many processes are forked and hold a share of the nodes each. */
  readonly processes?: number;
}

/** A fleet of simulated machines, each with a BMC and an ssh server of its own. */
export interface Fleet extends AsyncDisposable {
  /** In the order in which they were asked for. */
  readonly nodes: readonly SimulatedNode[];
  /**
   * Lets the machines come up, as if they had been up all along (but for those that are powered off), and report to the
   * boot agent at `bootUrl`. Resolves when every one of them is up and its ISUP is answered, or after 30 s: then the
   * reports go on by themselves. Before it, every machine is off. Again, it changes the URL alone.
   */
  start(options: { readonly bootUrl: string }): Promise<void>;
  /**
   * What a machine went through and what its BMC really did, oldest first; the latest 5,000 entries.
   *
   * @throws SimulatedNodeUnknownError for a node that the fleet does not have.
   * @throws FleetProcessError when the process that held the node is gone.
   */
  journal(name: string): Promise<readonly JournalEntry[]>;
  /** Takes every machine away; nothing listens afterwards. May be called again. */
  close(): Promise<void>;
}

/**
 * Sets up the machines and lets their BMCs listen.
 *
 * @throws FleetOptionsError when the fleet cannot be as it was asked for.
 * @throws AddressUnavailableError when this machine lacks the loopback addresses.
 * @throws FleetProcessError when a process of the fleet ended before it was ready.
 */
export async function createFleet(options: FleetOptions): Promise<Fleet> {
  const { seed = 1, bootMs = DEFAULT_BOOT_MS, authorizedKey, processes = 1, diskDir, imageKey } = options;
  if (bootMs[0] < 0 || bootMs[1] < bootMs[0]) throw new FleetOptionsError("bootMs wants [min, max], not below 0");
  parseAuthorizedKey(authorizedKey);
  const plans = planNodes(options.nodes, options.firstAddress);

  const createShare = processes > 1 ? createForkedShare : createLocalShare;
  const shareSize = Math.max(1, Math.ceil(plans.length / processes));
  const shares = await allOrNone(
    parts(plans, shareSize).map((share) =>
      createShare({
        ...{ plans: share, seed, bootMs, authorizedKey },
        ...(diskDir === undefined ? {} : { diskDir }),
        ...(imageKey === undefined ? {} : { imageKey }),
      }),
    ),
  );
  const shareOf = new Map(shares.flatMap((share) => share.nodes.map(({ name }) => [name, share] as const)));

  const close = async (): Promise<void> => {
    await Promise.all(shares.map((share) => share.close()));
  };
  return {
    nodes: shares.flatMap((share) => share.nodes),
    async start({ bootUrl }) {
      await Promise.all(shares.map((share) => share.start(bootUrl)));
    },
    async journal(name) {
      const share = shareOf.get(name);
      if (!share) throw new SimulatedNodeUnknownError(name);
      return share.journal(name);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function parts<T>(whole: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, at) => whole.slice(at * size, (at + 1) * size));
}
