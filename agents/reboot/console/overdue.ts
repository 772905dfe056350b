import { setTimeout as sleep } from "node:timers/promises";
import type { FollowedConsole } from "../../../infra/power/index.ts";
import type { NodeContext } from "../node-context.ts";
import { powerOptions } from "../steps/power-options.ts";
import { shownTail } from "./shown-tail.ts";

/** So much of a boot's time is over before its console is followed: of a node that comes up as usual nobody opens one. */
const overdueShare = 0.5;

/** The console of a node whose boot takes long. */
export interface OverdueConsole extends AsyncDisposable {
  /** What it has shown since then; empty if it was not opened, or cannot be. */
  tail(): string;
}

/** Follows the node's console from the middle of its boot's time on, until disposed of. Never fails, and holds nobody up. */
export function followOverdue(context: NodeContext): OverdueConsole {
  const { power, bootDeadlineAtMs, run } = context;
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, run.leaveSignal]);
  let console: FollowedConsole | undefined;
  const follow = async (): Promise<void> => {
    await sleep(Math.max(0, bootDeadlineAtMs - Date.now()) * overdueShare, undefined, { signal });
    const opened = await power?.driver.followConsole?.(
      power.target,
      powerOptions(context, () => signal),
    );
    if (opened?.ok) console = opened.console;
  };
  // Its failure is the console's, not the boot's.
  const followed = follow().catch(() => undefined);
  return {
    tail: () => shownTail(console?.tail() ?? ""),
    async [Symbol.asyncDispose]() {
      over.abort(new Error("the boot is waited for no more"));
      await followed;
      await console?.stop();
    },
  };
}
