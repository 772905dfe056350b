import type { PowerArgs, RebootArgs } from "../../contracts/index.ts";
import { readPowerStamps, readUnattendedLoads } from "../../infra/db/index.ts";
import type { Admission, CommandKnock } from "../runtime/commands/handle-command.ts";
import { type RebootCommand, type Records, cutsShort, decideAdmission, isDelayed } from "./admission.ts";

/** How a command of the reboot agent is admitted. */
export function admissionOf({ verb, command: envelope }: CommandKnock, now: string): Admission<Records> {
  const hasParent = envelope.parentOp !== undefined;
  const command: RebootCommand =
    verb === "power"
      ? { verb, args: envelope.args as PowerArgs, hasParent }
      : { verb: "reboot", args: envelope.args as RebootArgs, hasParent };
  return {
    selection: command.args,
    needsLocks: !(command.verb === "power" && command.args.action === "status"),
    readMore: async (tx, facts) => {
      const names = facts.nodes.map(({ node }) => node);
      const powerOns = isDelayed(command, facts) ? await readPowerStamps(tx, names) : new Map<string, number>();
      const loads = cutsShort(command) ? await readUnattendedLoads(tx, names) : new Map<string, string>();
      return { powerOns, loads };
    },
    decide: (facts, records) => decideAdmission(command, facts, records, now),
  };
}
