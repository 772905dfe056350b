import { type ActingVerb, type ArgsOf, type Results, refusedCode } from "../../contracts/index.ts";
import type { Operation } from "../coordinator/operation.ts";
import { type Lease, leaseSharedConnection } from "./shared-connection.ts";

const pending = new WeakMap<Operation, { readonly results: Results; readonly lease: Lease }>();

/** Begins what a function of the seed asks for: an Operation once it is accepted, or -1 if it was refused as a whole. */
export async function beginSeedCall<V extends ActingVerb>(
  verb: V,
  args: ArgsOf<V>,
  results: Results,
): Promise<Operation | -1> {
  const lease = await leaseSharedConnection();
  let operation: Operation;
  try {
    operation = await lease.reveille.submit(verb, args);
  } catch (error) {
    await lease.release();
    throw error;
  }
  if (operation.refusal) {
    await lease.release();
    return refusedCode;
  }
  pending.set(operation, { results, lease });
  return operation;
}

/** Waits for its end, fills the results that were given at its beginning, and returns the code. -1 stays -1. */
export async function endSeedCall(operation: Operation | -1): Promise<number> {
  if (operation === refusedCode) return refusedCode;
  const entry = pending.get(operation);
  try {
    const end = await operation.wait();
    if (entry) Object.assign(entry.results, end.results);
    return end.code;
  } finally {
    pending.delete(operation);
    await entry?.lease.release();
  }
}
