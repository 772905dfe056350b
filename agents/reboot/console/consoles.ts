import { hasShape, settingsWith } from "../../../contracts/index.ts";
import {
  type ConsoleKey,
  type ConsoleTarget,
  type Sql,
  keepConsoles,
  readConsoleTargets,
  readHeld,
} from "../../../infra/db/index.ts";
import { type FollowedConsole, NodePower, type PowerDrivers, wayOf } from "../../../infra/power/index.ts";
import type { Log } from "../../runtime/log.ts";
import { repeat } from "../../runtime/repeat.ts";
import { shownTail } from "./shown-tail.ts";

/**
 * Serial consoles that are followed on behalf of reloads that have failed once. Each is followed for as long as its
 * operation holds the node, and no longer; what it showed last stands in a table, where the reload agent reads it. One that
 * cannot be had costs nothing: it has no row there, and nobody waits for it.
 */
export interface Consoles {
  /** Follows those of the nodes that the operation holds, and resolves with their names before any console is open. */
  follow(op: string, nodes: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface ConsolesOptions {
  readonly sql: Sql;
  readonly drivers: PowerDrivers;
  readonly log: Log;
}

interface Followed extends ConsoleKey {
  readonly stopping: AbortController;
  console?: FollowedConsole;
  /** What stands in the table. */
  kept: string;
}

/** How often what the consoles showed is written down, milliseconds. */
const keepEveryMs = 500;
/** In each so-manieth of these it is seen who still holds the nodes. */
const looksEvery = 4;

export function createConsoles({ sql, drivers, log }: ConsolesOptions): Consoles {
  const followed = new Map<string, Followed>();
  let turn = 0;

  async function begin(op: string, { node, power, settings }: ConsoleTarget): Promise<void> {
    const former = followed.get(node);
    if (former?.op === op || !hasShape(NodePower, power)) return;
    const { bmcConnectMs: connectMs, bmcMs: answerMs, bmcHoldMs: holdMs, powerOrder } = settingsWith(settings);
    const way = wayOf(drivers, { node, power }, { order: powerOrder });
    if (!way?.driver.followConsole) return;
    const entry: Followed = { node, op, stopping: new AbortController(), kept: "" };
    followed.set(node, entry);
    if (former) await letGo(former);
    const { signal } = entry.stopping;
    const deadlineMs = performance.now() + connectMs + answerMs;
    try {
      const opened = await way.driver.followConsole(way.target, {
        ...{ deadlineMs, limits: { connectMs, answerMs }, holdMs, signal },
      });
      if (opened.ok) entry.console = opened.console;
      else await letGo(entry);
    } catch (err) {
      if (!signal.aborted) log.warn({ err, node, op }, "a console cannot be followed");
      await letGo(entry);
    }
  }

  async function letGo(entry: Followed): Promise<void> {
    if (followed.get(entry.node) === entry) followed.delete(entry.node);
    entry.stopping.abort(new Error("the console is followed no more"));
    await entry.console?.stop();
  }

  async function tidy(): Promise<void> {
    if (followed.size === 0) return;
    const news = [...followed.values()].flatMap((entry) => {
      const text = shownTail(entry.console?.tail() ?? "");
      return text === entry.kept ? [] : [{ entry, text }];
    });
    if (news.length > 0) {
      await keepConsoles(
        sql,
        news.map(({ entry: { node, op }, text }) => ({ node, op, text })),
      );
      for (const { entry, text } of news) entry.kept = text;
    }
    if (turn++ % looksEvery > 0) return;
    const entries = [...followed.values()];
    const held = new Set((await readHeld(sql, entries)).map(keyOf));
    await Promise.all(entries.filter((entry) => !held.has(keyOf(entry))).map(letGo));
  }

  const tidying = repeat(tidy, {
    everyMs: keepEveryMs,
    onFault: (err) => log.warn({ err }, "what consoles showed cannot be written down"),
  });

  return {
    async follow(op, nodes) {
      const targets = await readConsoleTargets(sql, op, nodes);
      for (const target of targets) void begin(op, target);
      return targets.map(({ node }) => node);
    },
    async close() {
      await tidying.stop();
      await Promise.all([...followed.values()].map(letGo));
    },
  };
}

function keyOf({ node, op }: ConsoleKey): string {
  return `${op}/${node}`;
}
