import type { NodeState } from "../../contracts/index.ts";

/**
 * Which state may follow which, of a node that boots what is on its disk (Emulab's mode NORMALv2 with its boot loader's
 * PXEKERNEL). What is not in the table is recorded all the same, and flagged: reports are facts, the table is a belief.
 */
const allowedNext: Readonly<Record<NodeState, readonly NodeState[]>> = {
  SHUTDOWN: ["PXEBOOTING", "BOOTING", "POWEROFF", "WEDGED", "SHUTDOWN"],
  POWEROFF: ["SHUTDOWN", "PXEBOOTING", "BOOTING"],
  PXEBOOTING: ["PXEWAIT", "PXEFAILED", "BOOTING", "RELOADSETUP"],
  PXEWAIT: ["PXEWAKEUP", "PXELIMBO", "PXEBOOTING", "POWEROFF"],
  PXEWAKEUP: ["PXEBOOTING", "BOOTING"],
  PXELIMBO: ["PXEWAKEUP", "PXEBOOTING"],
  PXEFAILED: ["SHUTDOWN", "PXEBOOTING"],
  BOOTING: ["TBSETUP", "ISUP", "TBFAILED", "RELOADSETUP", "BOOTING", "PXEBOOTING"],
  TBSETUP: ["ISUP", "TBFAILED"],
  RECONFIG: ["TBSETUP", "ISUP", "TBFAILED"],
  ISUP: ["SHUTDOWN", "RECONFIG", "TBSETUP", "PXEBOOTING", "BOOTING", "POWEROFF"],
  TBFAILED: ["SHUTDOWN", "PXEBOOTING", "BOOTING", "POWEROFF"],
  WEDGED: ["SHUTDOWN", "PXEBOOTING", "BOOTING"],
  RELOADSETUP: ["RELOADING", "TBFAILED"],
  RELOADING: ["RELOADDONE", "TBFAILED"],
  RELOADDONE: ["SHUTDOWN", "PXEBOOTING", "BOOTING"],
};

/** Whether `next` may follow `previous`; a node's first report may be anything. */
export function isExpected(previous: NodeState | undefined, next: NodeState): boolean {
  return previous === undefined || allowedNext[previous].includes(next);
}
