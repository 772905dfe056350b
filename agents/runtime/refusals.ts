import type { Knock } from "../../bus/index.ts";
import type { Log } from "./log.ts";
import type { AgentMetrics } from "./metrics.ts";

/** How many refusals of one cause are logged line by line within the window; the rest are only counted. */
const maxLines = 20;
const windowMs = 10_000;

/**
 * What an agent's door turned away: a count and a log line each, and under a flood only the counts. The counts stay
 * for the life of the process.
 */
export interface RefusalLog {
  note(knock: Extract<Knock, { kind: "dropped" | "refused" }>, subject: string): void;
  readonly counts: ReadonlyMap<string, number>;
}

export function createRefusalLog(
  log: Log,
  metrics: Pick<AgentMetrics, "countRefusal">,
  now: () => number = Date.now,
): RefusalLog {
  const counts = new Map<string, number>();
  let windowStart = now();
  let lines = 0;
  return {
    counts,
    note(knock, subject) {
      const cause = knock.kind === "dropped" ? knock.cause : knock.reason;
      counts.set(cause, (counts.get(cause) ?? 0) + 1);
      metrics.countRefusal(cause);
      if (now() - windowStart > windowMs) {
        if (lines > maxLines) log.warn({ unlogged: lines - maxLines }, "more messages were turned away");
        windowStart = now();
        lines = 0;
      }
      lines += 1;
      if (lines > maxLines) return;
      const who = knock.kind === "refused" ? { ...knock.to, detail: knock.detail } : {};
      log.warn(
        { cause, subject, ...who },
        knock.kind === "dropped" ? "a message was dropped" : "a message was refused",
      );
    },
  };
}
