// Power cycles a machine in two steps that can each be seen: off, read back off, on, read back on. (The BMC's own
// cycle can't be read back: on before, on after.)

import type { BmcTarget, IpmiClient } from "../index.ts";

/** Resolves when the power has been read back on; rejects when a step can't be seen within `stepMs`. */
export async function powerCycle(client: IpmiClient, target: BmcTarget, stepMs = 10_000): Promise<void> {
  await reach(client, target, { state: "off", stepMs });
  await reach(client, target, { state: "on", stepMs });
}

async function reach(
  client: IpmiClient,
  target: BmcTarget,
  step: { readonly state: "on" | "off"; readonly stepMs: number },
): Promise<void> {
  const endAt = performance.now() + step.stepMs;
  // `unknown` (a copy left, no answer came) needs no branch: what counts is read back below.
  await client.chassisControl(target, step.state === "on" ? "power-on" : "power-off", { deadlineMs: step.stepMs });
  while ((await client.chassisStatus(target)).powerState !== step.state) {
    if (performance.now() > endAt) throw new Error(`${target.address}: the power does not go ${step.state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
