import { homedir } from "node:os";
import { type Reveille, connect } from "../connect.ts";
import { findContext } from "../context.ts";

/**
 * The connection that the seed's functions share: to the default context, opened when first needed, closed when the
 * last operation that uses it has ended.
 */
let shared: { readonly reveille: Promise<Reveille>; users: number } | undefined;

export interface Lease {
  readonly reveille: Reveille;
  release(): Promise<void>;
}

export async function leaseSharedConnection(): Promise<Lease> {
  const held = (shared ??= { reveille: openDefault(), users: 0 });
  held.users += 1;
  let isReleased = false;
  const release = async () => {
    if (isReleased) return;
    isReleased = true;
    held.users -= 1;
    if (held.users > 0) return;
    if (shared === held) shared = undefined;
    await (await held.reveille).close();
  };
  try {
    return { reveille: await held.reveille, release };
  } catch (error) {
    if (shared === held) shared = undefined;
    throw error;
  }
}

async function openDefault(): Promise<Reveille> {
  return connect(await findContext({ env: process.env, cwd: process.cwd(), home: homedir() }));
}
