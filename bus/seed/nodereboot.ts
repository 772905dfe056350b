import type { ArgsOf, Results } from "../../contracts/index.ts";
import type { Operation } from "../coordinator/operation.ts";
import { beginSeedCall, endSeedCall } from "./seed-call.ts";

/** The seed's arguments: those of the `reboot` command, and `asyncmode`. */
export type NoderebootArgs = ArgsOf<"reboot"> & { readonly asyncmode?: boolean };

/**
 * The seed's `nodereboot(\%args, \%results)`. Fills `results` with each node's own result and returns how many nodes
 * did not succeed, or -1 if the request was refused as a whole and nothing was touched. With `asyncmode` it returns an
 * Operation as soon as the request is accepted (or -1), and `nodereboot_wait` fills the very same `results` later.
 * Uses the default context. Throws ContextError, KeyFileError, BusUnreachableError or AnswerLostError.
 */
export async function nodereboot(
  args: NoderebootArgs & { readonly asyncmode: true },
  results: Results,
): Promise<Operation | -1>;
export async function nodereboot(
  args: NoderebootArgs & { readonly asyncmode?: false },
  results: Results,
): Promise<number>;
export async function nodereboot(args: NoderebootArgs, results: Results): Promise<Operation | number>;
export async function nodereboot(args: NoderebootArgs, results: Results): Promise<Operation | number> {
  const { asyncmode = false, ...rebootArgs } = args;
  const operation = await beginSeedCall("reboot", rebootArgs, results);
  return asyncmode ? operation : endSeedCall(operation);
}

/**
 * The seed's `nodereboot_wait($foo)`: blocks until every node has ended, fills the results given to `nodereboot`, and
 * returns the code. Takes what `nodereboot` returned, so -1 stays -1.
 */
export async function nodereboot_wait(operation: Operation | -1): Promise<number> {
  return endSeedCall(operation);
}
