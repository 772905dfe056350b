import { RefusedError } from "../../conclusion/ending.ts";

const maxWaitTimeS = 86_400;

/** `--wait-time SECONDS`. Throws RefusedError. */
export function parseWaitTime(written: string): number {
  const seconds = /^\d{1,6}$/u.test(written) ? Number(written) : 0;
  if (seconds >= 1 && seconds <= maxWaitTimeS) return seconds;
  throw new RefusedError("malformed-arguments", `--wait-time takes whole seconds, 1 to ${maxWaitTimeS}`);
}
