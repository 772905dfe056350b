import { RefusedError } from "../conclusion/ending.ts";
import type { Surroundings } from "../surroundings.ts";

/** The most nodes that a destructive command is carried out on without asking. */
const mostUnasked = 16;

/** Asks once before a wave that is large; throws RefusedError unless the answer is yes. */
export async function confirmWave(
  wave: { readonly deed: string; readonly nodeCount: number },
  surroundings: Pick<Surroundings, "canAsk" | "ask">,
): Promise<void> {
  if (wave.nodeCount <= mostUnasked) return;
  const what = `${wave.deed} ${wave.nodeCount} nodes`;
  if (!surroundings.canAsk) {
    const detail = `to ${what} needs --yes, as there is no terminal to ask at (more than ${mostUnasked} nodes)`;
    throw new RefusedError("malformed-arguments", detail);
  }
  if (await surroundings.ask(`${what}?`)) return;
  throw new RefusedError("cancelled-by-user", `not confirmed: to ${what}; nothing was touched`);
}
