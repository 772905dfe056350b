import { type NodeSelection, type PowerAction, type PowerArgs, powerActions } from "../../../../contracts/index.ts";
import { RefusedError } from "../../conclusion/ending.ts";

/** Whether an action takes nothing away from whoever works on the node. */
export function isHarmless(action: string): boolean {
  return action === "on" || action === "status";
}

/** The command's arguments as written. Throws RefusedError. */
export function powerArgsOf(
  action: string,
  flags: { readonly raw?: true; readonly force?: true },
): Omit<PowerArgs, keyof NodeSelection> {
  if (!isPowerAction(action)) {
    const detail = `there is no power action '${action}'; the actions are ${powerActions.join(", ")}`;
    throw new RefusedError("malformed-arguments", detail);
  }
  if (flags.raw && action !== "cycle") throw new RefusedError("malformed-arguments", "--raw goes with cycle alone");
  return { action, ...(flags.raw ? { raw: true } : {}), ...(flags.force ? { force: true } : {}) };
}

function isPowerAction(action: string): action is PowerAction {
  return (powerActions as readonly string[]).includes(action);
}
