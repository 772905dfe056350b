import { startFleetSite } from "../fleet-site.ts";
import { type Table, median, wholeNumber } from "../table.ts";

const operationCount = 50;
const nodesEach = 20;
const rounds = 9;

/** Many small operations at once beside one of as many nodes, alternating, on the `none` driver. */
export async function measureManyOperations(): Promise<Table> {
  const site = await startFleetSite(operationCount * nodesEach, 1);
  try {
    const small = Array.from({ length: operationCount }, (_, at) =>
      site.names.slice(at * nodesEach, (at + 1) * nodesEach),
    );
    const ways: readonly { readonly name: string; readonly lists: readonly (readonly string[])[] }[] = [
      { name: `1 operation of ${wholeNumber(operationCount * nodesEach)}`, lists: [site.names] },
      { name: `${operationCount} operations of ${nodesEach} at once`, lists: small },
    ];
    const took = ways.map((): number[] => []);
    for (let round = -1; round < rounds; round++) {
      for (const [at, { lists }] of ways.entries()) {
        const done = (await site.coordinator.ask({ nodelists: lists })) as { totalMs: number; isExact: boolean };
        if (!done.isExact) throw new Error("the results are not exact");
        if (round >= 0) took[at]?.push(done.totalMs);
      }
    }
    const [one = Number.NaN] = took.map(median);
    return {
      columns: ["1,000 nodes, one agent", "last result, ms: median", "least", "beside one operation"],
      rows: ways.map(({ name }, at) => {
        const ms = took[at] ?? [];
        return [name, wholeNumber(median(ms)), wholeNumber(Math.min(...ms)), (median(ms) / one).toFixed(2)];
      }),
      note: `${rounds} rounds after one to warm up, both ways in turn in each.`,
    };
  } finally {
    await site.stop();
  }
}
