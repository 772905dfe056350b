import type { Sql } from "../connect.ts";

/** How many node runs may wait or run at a time: in all, and on one user's share. */
export interface BacklogLimits {
  readonly maxRuns: number;
  readonly maxRunsOfUser: number;
}

/** When whoever was refused may as well come again, seconds: by then a few thousand runs have usually ended. */
const comeAgainInS = 10;

/**
 * Whether `count` more runs on a user's share are too many: then a sentence that says so and when to come again. Reads what
 * each unfinished operation counts of itself, not its runs; two admissions at once may both find room for the last ones.
 */
export async function findCrowding(
  sql: Sql,
  chargedTo: string,
  count: number,
  limits: BacklogLimits | undefined,
): Promise<string | undefined> {
  if (!limits) return undefined;
  const [open] = await sql<{ all: number; ofUser: number }[]>`
    select coalesce(sum(node_count - done_count), 0)::int as "all",
           coalesce(sum(node_count - done_count) filter (where charged_to = ${chargedTo}), 0)::int as "ofUser"
    from operations where finished_at is null`;
  const { all, ofUser } = open ?? { all: 0, ofUser: 0 };
  const comeAgain = `come again in ${comeAgainInS} s`;
  if (ofUser + count > limits.maxRunsOfUser) {
    return `${ofUser} node runs of ${chargedTo} have not ended; with ${count} more there would be over ${limits.maxRunsOfUser}: ${comeAgain}`;
  }
  if (all + count > limits.maxRuns) {
    return `${all} node runs have not ended; with ${count} more there would be over ${limits.maxRuns}: ${comeAgain}`;
  }
  return undefined;
}
