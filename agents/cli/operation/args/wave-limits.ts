import { RefusedError } from "../../conclusion/ending.ts";
import type { OperationFlags } from "../flags.ts";

interface WaveLimits {
  readonly maxFailures?: number | string;
  readonly debug?: true;
}

/** The arguments that bound a wave, from their flags. Throws RefusedError. */
export function waveLimitsOf(flags: Pick<OperationFlags, "maxFailures" | "debug">): WaveLimits {
  return {
    ...(flags.maxFailures === undefined ? {} : { maxFailures: parseMaxFailures(flags.maxFailures) }),
    ...(flags.debug ? { debug: true } : {}),
  };
}

function parseMaxFailures(written: string): number | string {
  if (/^\d{1,9}$/u.test(written)) return Number(written);
  if (/^(?:100|\d{1,2})%$/u.test(written)) return written;
  throw new RefusedError("malformed-arguments", "--max-failures takes a number of nodes or a share: 5 or 10%");
}
