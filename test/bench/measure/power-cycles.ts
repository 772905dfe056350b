import { startFleetSite } from "../fleet-site.ts";
import { FLEET, compileFleet, fleetAddress, startFleet } from "../ipmi/fleet.ts";
import { type PowerCycles, cycleByIpmipower, cycleByReveille, ipmipower } from "../power-cycles.ts";
import { type Table, median, wholeNumber } from "../table.ts";

const nodeCount = 1_000;
const deadCount = 50;
const rounds = 5;

/**
 * A whole fleet's power cycle, from the command line's start to its exit, beside ipmipower's on the same BMCs; and with
 * some of the BMCs dead. Wants cc, libssl-dev and ipmipower.
 */
export async function measurePowerCycles(): Promise<Table> {
  await using fleet = await compileFleet();
  const site = await startFleetSite(nodeCount, 1, {
    of: (index) => ({
      driver: "ipmi",
      ...{ address: fleetAddress(index), port: FLEET.port, username: FLEET.username, cipherSuite: 3 },
    }),
    password: FLEET.password,
  });
  const nodes = `n[${site.names[0]?.slice(1) ?? ""}-${site.names.at(-1)?.slice(1) ?? ""}]`;
  const ours: PowerCycles[] = [];
  const theirs: PowerCycles[] = [];
  const someDead: PowerCycles[] = [];
  try {
    for (let round = -1; round < rounds; round++) {
      const [mine, its] = await withFleet(fleet.program, nodeCount, async () => {
        await ipmipower(nodeCount, ["--on"]);
        return [await cycleByReveille(site.contextFile, nodes), await cycleByIpmipower(nodeCount)] as const;
      });
      const alive = nodeCount - deadCount;
      const dead = await withFleet(fleet.program, alive, () => cycleByReveille(site.contextFile, nodes));
      if (round < 0) continue;
      ours.push(mine);
      theirs.push(its);
      someDead.push(dead);
    }
  } finally {
    await site.stop();
  }
  const beside = median(theirs.map(({ exitedMs }) => exitedMs));
  const row = (name: string, cycles: readonly PowerCycles[]) => {
    const succeeded = cycles.map(({ succeededMs }) => succeededMs);
    const exited = cycles.map(({ exitedMs }) => exitedMs);
    const least = Math.min(...cycles.map(({ succeeded }) => succeeded));
    const numbers = [least, median(succeeded), median(exited), Math.min(...exited)].map(wholeNumber);
    return [name, ...numbers, (median(exited) / beside).toFixed(2)];
  };
  return {
    columns: [
      "1,000 BMCs",
      "succeeded, least",
      "ms, median: the last of them",
      "exit",
      "exit, least",
      "exit beside ipmipower",
    ],
    rows: [
      row("ipmipower --off, then --on, waiting", theirs),
      row("reveille reboot --power-cycle", ours),
      row(`the same, ${deadCount} of the BMCs dead`, someDead),
    ],
    note:
      `${rounds} rounds after one to warm up, all three in turn in each, the BMCs started anew. Reveille's agent is up; ` +
      "its sessions to BMCs that were started anew are not.",
  };
}

async function withFleet<T>(program: string, count: number, work: () => Promise<T>): Promise<T> {
  const running = await startFleet(program, { count });
  try {
    return await work();
  } finally {
    await running[Symbol.asyncDispose]();
  }
}
