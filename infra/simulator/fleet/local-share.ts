import { setTimeout as pause } from "node:timers/promises";
import { createChunkCache } from "../../images/index.ts";
import { SimulatedNodeUnknownError } from "../errors.ts";
import { parseAuthorizedKey } from "../ssh/authentication.ts";
import { allOrNone } from "./all-or-none.ts";
import type { Share, ShareOptions } from "./share.ts";
import { type NodeInstance, createNode } from "./simulated-node.ts";

/** How long `start` waits for a boot agent that does not answer. */
const START_DEADLINE_MS = 30_000;

/** Nodes in this process. */
export async function createLocalShare(options: ShareOptions): Promise<Share> {
  const { plans, seed, bootMs, authorizedKey, diskDir, imageKey } = options;
  let bootUrl: string | undefined;
  const setting = {
    ...{ seed, bootMs, diskDir, imageKey, authorizedKey: parseAuthorizedKey(authorizedKey), bootUrl: () => bootUrl },
    cache: createChunkCache(),
  };
  const instances = await allOrNone(plans.map((plan) => createNode(plan, setting)));
  const byName = new Map(instances.map((instance) => [instance.node.name, instance]));

  return {
    nodes: instances.map(({ node }) => node),
    async start(url) {
      const isFirst = bootUrl === undefined;
      bootUrl = url;
      if (isFirst) await appear(instances);
    },
    async journal(name) {
      const instance = byName.get(name);
      if (!instance) throw new SimulatedNodeUnknownError(name);
      return instance.journal.entries();
    },
    async close() {
      await Promise.all(instances.splice(0).map((instance) => instance.close()));
    },
  };
}

async function appear(instances: readonly NodeInstance[]): Promise<void> {
  const starting = instances.filter(({ isOffAtStart }) => !isOffAtStart);
  const deadline = new AbortController();
  await Promise.race([
    Promise.all(starting.map(({ machine }) => machine.appear())),
    pause(START_DEADLINE_MS, undefined, { signal: deadline.signal }).catch(() => undefined),
  ]);
  deadline.abort();
}
