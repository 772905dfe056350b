import {
  type LoadTarget,
  type Sql,
  armLoads,
  clearDisks,
  concludeLoads,
  disarmLoads,
  readBootLog,
  readLoadTargets,
} from "../../infra/db/index.ts";
import { createGatherer } from "../runtime/gather.ts";
import type { LoadBook } from "./node-context.ts";

/** What many nodes want written or read one upon the other is one statement, milliseconds. */
const together = { quietMs: 2, atMostMs: 10 };

export function createLoadBook(sql: Sql): LoadBook {
  const done = () => undefined;
  return {
    targetOf: createGatherer<string, LoadTarget | undefined>({
      ...together,
      deed: async (nodes) => {
        const targets = new Map((await readLoadTargets(sql, nodes)).map((target) => [target.node, target]));
        return (node) => targets.get(node);
      },
    }),
    arm: createGatherer({
      ...together,
      deed: async (armings) => {
        const armed = await armLoads(sql, armings);
        return ({ node }) => armed.has(node);
      },
    }),
    clear: createGatherer({ ...together, deed: (loads) => clearDisks(sql, loads).then(() => done) }),
    conclude: createGatherer({ ...together, deed: (loads) => concludeLoads(sql, loads).then(() => done) }),
    disarm: createGatherer({ ...together, deed: (loads) => disarmLoads(sql, loads).then(() => done) }),
    logOf: ({ node, loadId }) => readBootLog(sql, node, loadId),
  };
}
