import { type Logger, pino } from "pino";

export type Log = Logger;

/** Structured lines on stderr; `level` from REVEILLE_LOG (trace, debug, info, warn, error, silent), default info. */
export function createLog(name: string, level = process.env["REVEILLE_LOG"] ?? "info"): Log {
  return pino({ name, level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
