// Power cycles a machine and tells what its console showed meanwhile: for a node whose boot fails.

import { setTimeout as delay } from "node:timers/promises";
import { type BmcTarget, type IpmiClient, captureConsole } from "../index.ts";

/** Resolves with the end of what the console showed in the `watchMs` after the cycle, empty if there is no console. */
export async function cycleAndWatch(client: IpmiClient, target: BmcTarget, watchMs: number): Promise<string> {
  await using capture = captureConsole(client, target, { keepBytes: 8 * 1024 });
  // A BMC keeps no output for later: the console has to be open first.
  await capture.ready;
  await client.chassisControl(target, "power-cycle");
  await delay(watchMs);
  if (capture.problem !== undefined) console.error("no console:", capture.problem);
  return capture.tail();
}
