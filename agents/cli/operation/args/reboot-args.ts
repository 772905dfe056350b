import type { NodeSelection, RebootArgs } from "../../../../contracts/index.ts";
import { parseWaitTime } from "./wait-time.ts";

/** The flags of `reboot` that are arguments of the command. */
interface RebootSwitches {
  readonly powerCycle?: true;
  readonly kill?: true;
  readonly reconfigure?: true;
  readonly prepare?: true;
  readonly wait?: true;
  readonly waitTime?: string;
  readonly force?: true;
}

/** Flags as the command's arguments; what was not given is left to the agent's default. Throws RefusedError. */
export function rebootArgsOf(flags: RebootSwitches): Omit<RebootArgs, keyof NodeSelection> {
  return {
    ...(flags.powerCycle ? { powercycle: true } : {}),
    ...(flags.kill ? { killmode: true } : {}),
    ...(flags.reconfigure ? { reconfig: true } : {}),
    ...(flags.prepare ? { prepare: true } : {}),
    ...(flags.wait || flags.waitTime !== undefined ? { waitmode: true } : {}),
    ...(flags.waitTime === undefined ? {} : { waittime: parseWaitTime(flags.waitTime) }),
    ...(flags.force ? { force: true } : {}),
  };
}
