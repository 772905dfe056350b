import { setTimeout as sleep } from "node:timers/promises";
import type { Reveille } from "../../bus/index.ts";
import { type ConsoleKey, type Sql, readConsole } from "../../infra/db/index.ts";
import { createGatherer } from "../runtime/gather.ts";
import type { Log } from "../runtime/log.ts";

/** The serial consoles of nodes that failed once, as the reboot agent follows them: it alone has their BMCs' passwords. */
export interface Consoles {
  /** Has the node's console followed for as long as the operation holds it. Returns at once, and never fails. */
  follow(load: ConsoleKey): void;
  /** The end of what it has shown; undefined, at once, if that is nothing. Rejects when `signal` is aborted. */
  tailOf(load: ConsoleKey, signal: AbortSignal): Promise<string | undefined>;
}

export interface ConsolesOptions {
  readonly sql: Sql;
  readonly reveille: Pick<Reveille, "control">;
  readonly log: Log;
}

/** Nodes that fail one upon the other go in one command, milliseconds. */
const together = { quietMs: 20, atMostMs: 100 };
/** The reboot agent writes down what a console shows every half second: so long its last words may be under way. */
const lastWordsMs = 750;

export function createConsoles({ sql, reveille, log }: ConsolesOptions): Consoles {
  const ask = createGatherer<ConsoleKey, undefined>({
    ...together,
    deed: async (loads) => {
      await Promise.all([...new Set(loads.map(({ op }) => op))].map((op) => askFor(op, nodesOf(loads, op))));
      return () => undefined;
    },
  });

  async function askFor(parentOp: string, nodelist: string[]): Promise<void> {
    const reply = await reveille.control("console", { nodelist }, { parentOp });
    if (!reply.ok) log.info({ op: parentOp, reason: reply.reason }, "no consoles are followed for an operation");
  }

  return {
    follow(load) {
      ask(load).catch((err: unknown) => log.warn({ err, ...load }, "a console could not be asked for"));
    },
    async tailOf(load, signal) {
      if ((await readConsole(sql, load)) === undefined) return undefined;
      await sleep(lastWordsMs, undefined, { signal });
      return readConsole(sql, load);
    },
  };
}

function nodesOf(loads: readonly ConsoleKey[], op: string): string[] {
  return loads.filter((load) => load.op === op).map(({ node }) => node);
}
