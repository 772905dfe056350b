import postgres from "postgres";
import { startSimulatedSite } from "../simulated-site.ts";
import { type Table, limitCell, median, spreadCells, wholeNumber } from "../table.ts";

const nodeCount = 1_000;
const rounds = 5;
/** From the command line's start until every node is told, milliseconds. */
const limitMs = 1_000;

/** `reload -i missing`: how long it takes until every node is told that its image is not there, and that no BMC hears of it. */
export async function measureMissingImage(): Promise<Table> {
  const nodes = Array.from({ length: nodeCount }, (_, at) => ({ name: `n${at + 1}` }));
  const site = await startSimulatedSite({ nodes, images: [{ name: "missing", missing: true }] });
  const ledger = postgres(site.postgresUrl, { max: 1 });
  const toldMs: number[] = [];
  try {
    for (let round = -1; round < rounds; round++) {
      const { ms, document } = await site.run(["reload", `n[1-${nodeCount}]`, "-i", "missing", "--yes"]);
      const told = Object.values(document.results ?? {}).filter(({ reason }) => reason === "image-file-missing");
      if (told.length !== nodeCount) throw new Error(`${told.length} nodes were told`);
      if (round >= 0) toldMs.push(ms);
    }
    const [reboots] = await ledger<{ count: string }[]>`select count(*) from reboot.operations`;
    const sent = (await site.countPowerActions()) + Number(reboots?.count);
    const ms = spreadCells(toldMs, wholeNumber);
    return {
      columns: ["reload -i missing, 1,000 nodes", "median", "least", "most", "limit"],
      rows: [
        [
          "every node told, the command line has ended: ms",
          ...ms,
          limitCell(String(limitMs), median(toldMs) <= limitMs),
        ],
        ["power actions at the BMCs, reboots in the ledger", wholeNumber(sent), "", "", limitCell("0", sent === 0)],
      ],
      note: `${rounds} rounds after one to warm up, from the start of the built command line. The site has simulated machines and all agents.`,
    };
  } finally {
    await ledger.end();
    await site.stop();
  }
}
