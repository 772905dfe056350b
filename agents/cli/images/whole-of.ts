import { RefusedError } from "../conclusion/ending.ts";

/** A flag's whole number from 1. Throws RefusedError. */
export function wholeOf(flag: string, written: string): number {
  if (/^[1-9][0-9]{0,8}$/u.test(written)) return Number(written);
  throw new RefusedError("malformed-arguments", `${flag} takes a whole number from 1, not '${written}'`);
}
