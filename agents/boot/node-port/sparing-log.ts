import type { Log } from "../../runtime/log.ts";

/** How many lines are written within a window; the rest are only counted. */
const maxLines = 30;
const windowMs = 10_000;

/** What the port for nodes writes its lines to. */
export interface SparingLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log that a flood of bad requests cannot fill: beyond so many lines a window, a count of the others is written. */
export function createSparingLog(log: Log, now: () => number = Date.now): SparingLog {
  let windowStart = now();
  let lines = 0;
  const write =
    (level: "warn" | "error") =>
    (fields: object, message: string): void => {
      if (now() - windowStart > windowMs) {
        if (lines > maxLines) log.warn({ unlogged: lines - maxLines }, "more requests went wrong");
        windowStart = now();
        lines = 0;
      }
      lines += 1;
      if (lines <= maxLines) log[level](fields, message);
    };
  return { warn: write("warn"), error: write("error") };
}
