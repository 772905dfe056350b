import type { IpmiClient } from "../client/ipmi-client.ts";
import type { BmcTarget } from "../client/target.ts";
import { ACTION_OF_VERB, type PowerVerb } from "./arguments.ts";
import { type HostResult, doneResult, failedResult, powerResult, unknownResult } from "./host-result.ts";

/**
 * Does one verb to one host, and never throws. Where the answer to an on or off is missing, the power state is read
 * back; a cycle or reset that was not answered is unknown, and is not sent again.
 */
export async function powerHost(
  client: IpmiClient,
  target: BmcTarget,
  options: { readonly host: string; readonly verb: PowerVerb; readonly deadlineMs: number },
): Promise<HostResult> {
  const { host, verb, deadlineMs } = options;
  const callOptions = { deadlineMs, countsFrom: "admission" as const };
  try {
    if (verb === "status") return powerResult(host, (await client.chassisStatus(target, callOptions)).powerState);
    const { outcome } = await client.chassisControl(target, ACTION_OF_VERB[verb], callOptions);
    if (outcome === "accepted") return doneResult(host);
    if (verb !== "on" && verb !== "off") return unknownResult(host);
    // Whatever hinders the look: it was sent.
    const seen = await client.chassisStatus(target, callOptions).catch(() => undefined);
    return seen?.powerState === verb ? doneResult(host) : unknownResult(host);
  } catch (error) {
    return failedResult(host, error);
  }
}
