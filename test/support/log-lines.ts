import { pino } from "pino";
import type { Log } from "../../agents/runtime/log.ts";

/** A log that keeps its lines. */
export interface KeptLog {
  readonly log: Log;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

export function keepLog(): KeptLog {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { log: pino({ level: "info", base: null }, stream), lines };
}
