import { OpId, hasShape } from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";

/** Throws RefusedError unless `op` has the shape of an operation's id. */
export function refuseBadId(op: string): void {
  if (hasShape(OpId, op)) return;
  throw new RefusedError("malformed-arguments", "an operation's id is 32 lower-case hexadecimal digits");
}
