import type { PowerArgs, RebootArgs } from "../../contracts/index.ts";
import { readPowerStamps } from "../../infra/db/index.ts";
import type { Admission, CommandKnock } from "../runtime/commands/handle-command.ts";
import { type PowerStamps, type RebootCommand, decideAdmission, isDelayed } from "./admission.ts";

/** How a command of the reboot agent is admitted. */
export function admissionOf({ verb, command: envelope }: CommandKnock, now: string): Admission<PowerStamps> {
  const hasParent = envelope.parentOp !== undefined;
  const command: RebootCommand =
    verb === "power"
      ? { verb, args: envelope.args as PowerArgs, hasParent }
      : { verb: "reboot", args: envelope.args as RebootArgs, hasParent };
  return {
    selection: command.args,
    needsLocks: !(command.verb === "power" && command.args.action === "status"),
    readMore: async (tx, facts) =>
      isDelayed(command, facts)
        ? readPowerStamps(
            tx,
            facts.nodes.map(({ node }) => node),
          )
        : new Map(),
    decide: (facts, stamps) => decideAdmission(command, facts, stamps, now),
  };
}
