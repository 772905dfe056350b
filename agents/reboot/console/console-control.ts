import type { InboxPublisher } from "../../../bus/index.ts";
import type { ArgsOf } from "../../../contracts/index.ts";
import type { CommandKnock } from "../../runtime/commands/handle-command.ts";
import type { Consoles } from "./consoles.ts";

/**
 * Deals with `console`: the reload agent, which NATS alone lets ask, has the consoles of nodes followed. Of nodes that its
 * operation does not hold nothing is shown.
 */
export function createConsoleControl(
  consoles: Pick<Consoles, "follow">,
  publisher: InboxPublisher,
): (knock: CommandKnock) => Promise<void> {
  return async ({ to, command }) => {
    const { nodelist } = command.args as ArgsOf<"console">;
    const { parentOp } = command;
    if (parentOp === undefined) {
      publisher.rejected(to, "parent-invalid", "parentOp names the operation that the consoles are followed for");
      return;
    }
    publisher.answer(to, { followed: await consoles.follow(parentOp, nodelist) });
  };
}
