import { RefusedError } from "../conclusion/ending.ts";

const maxLimit = 1_000;

/** `--limit N`; the registry has its own default. Throws RefusedError. */
export function parseLimit(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const limit = /^\d{1,4}$/u.test(written) ? Number(written) : 0;
  if (limit >= 1 && limit <= maxLimit) return limit;
  throw new RefusedError("malformed-arguments", `--limit takes a number, 1 to ${maxLimit}`);
}
