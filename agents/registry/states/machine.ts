import type { NodeMode, NodeState } from "../../../contracts/index.ts";

/** What is recorded of a node before a report comes. */
export interface Standing {
  readonly mode: NodeMode;
  readonly state: NodeState;
}

/** What a report is, as far as the machine looks at it. */
export interface Reported {
  readonly state: NodeState;
  readonly reportedBy: "address" | "token";
}

/** What a report makes of a node. */
export interface Transition extends Standing {
  /** Whether the table allows it; what it does not is recorded all the same: reports are facts, the table is a belief. */
  readonly isExpected: boolean;
  /** How long the new state may last before that is told, seconds; null: for ever. */
  readonly timeoutS: number | null;
}

type Successors = Partial<Readonly<Record<NodeState, readonly NodeState[]>>>;

/** What may follow a state in each mode (Emulab's stated: PXEKERNEL, NORMALv2 and RELOAD). A state without a row is not one of the mode. */
const allowedNext: Readonly<Record<NodeMode, Successors>> = {
  PXEKERNEL: {
    SHUTDOWN: ["PXEBOOTING", "POWEROFF"],
    PXEBOOTING: ["PXEWAIT", "PXEFAILED", "BOOTING", "PXEBOOTING"],
    PXEWAIT: ["PXEWAKEUP", "PXELIMBO", "PXEBOOTING", "BOOTING", "POWEROFF"],
    PXEWAKEUP: ["PXEBOOTING", "BOOTING"],
    PXELIMBO: ["PXEWAKEUP", "PXEBOOTING"],
    PXEFAILED: ["SHUTDOWN", "PXEBOOTING", "POWEROFF"],
    POWEROFF: ["SHUTDOWN", "PXEBOOTING"],
  },
  NORMAL: {
    SHUTDOWN: ["PXEBOOTING", "BOOTING", "POWEROFF", "WEDGED", "SHUTDOWN"],
    POWEROFF: ["SHUTDOWN", "PXEBOOTING", "BOOTING"],
    BOOTING: ["TBSETUP", "ISUP", "TBFAILED", "BOOTING", "PXEBOOTING"],
    TBSETUP: ["ISUP", "TBFAILED"],
    RECONFIG: ["TBSETUP", "ISUP", "TBFAILED"],
    ISUP: ["SHUTDOWN", "RECONFIG", "TBSETUP", "PXEBOOTING", "BOOTING", "POWEROFF"],
    TBFAILED: ["SHUTDOWN", "PXEBOOTING", "BOOTING", "POWEROFF"],
    WEDGED: ["SHUTDOWN", "PXEBOOTING", "BOOTING"],
  },
  RELOAD: {
    RELOADSETUP: ["RELOADING", "TBFAILED"],
    RELOADING: ["RELOADDONE", "TBFAILED"],
    RELOADDONE: ["SHUTDOWN", "PXEBOOTING", "BOOTING"],
    TBFAILED: ["SHUTDOWN", "PXEBOOTING", "BOOTING", "POWEROFF"],
    SHUTDOWN: ["PXEBOOTING", "BOOTING", "POWEROFF"],
    BOOTING: ["RELOADSETUP", "TBFAILED"],
  },
};

/** States at which a node comes into a mode, whatever it was in; and from where that is as it should be. */
const entrances: readonly {
  readonly mode: NodeMode;
  readonly state: NodeState;
  /** The states that a node leaves for it. */
  readonly from: readonly NodeState[];
}[] = [
  // Its boot loader runs: nothing of what ran before does.
  {
    mode: "PXEKERNEL",
    state: "PXEBOOTING",
    from: [
      "SHUTDOWN",
      "POWEROFF",
      "ISUP",
      "TBFAILED",
      "WEDGED",
      "RELOADDONE",
      "BOOTING",
      "PXEFAILED",
      "PXEWAIT",
      "PXEWAKEUP",
      "PXELIMBO",
      "PXEBOOTING",
    ],
  },
  // The ramdisk begins.
  { mode: "RELOAD", state: "RELOADSETUP", from: ["PXEBOOTING", "PXEWAKEUP", "PXEWAIT", "BOOTING"] },
];

/** How long a state may last, seconds, by Emulab's times; a state that is not named may last for ever. What it tells of, nobody acts on. */
const timeoutsS: Readonly<Record<NodeMode, Partial<Readonly<Record<NodeState, number>>>>> = {
  PXEKERNEL: { SHUTDOWN: 120, PXEBOOTING: 180, PXEWAKEUP: 20 },
  NORMAL: { SHUTDOWN: 120, BOOTING: 180, TBSETUP: 600, RECONFIG: 600 },
  RELOAD: { SHUTDOWN: 120, BOOTING: 180, RELOADSETUP: 60, RELOADING: 600, RELOADDONE: 60 },
};

/**
 * What a report makes of a node, pure. The node's mode follows from what it reports: PXEBOOTING is its boot loader's,
 * RELOADSETUP the ramdisk's; with BOOTING the loader hands over, to the ramdisk if the report bears its token, else to
 * the disk.
 */
export function transition(before: Standing | undefined, reported: Reported): Transition {
  const mode = modeAfter(before, reported);
  const isExpected = before === undefined || isAllowed(before, reported, mode);
  return { mode, state: reported.state, isExpected, timeoutS: timeoutsS[mode][reported.state] ?? null };
}

function modeAfter(before: Standing | undefined, { state, reportedBy }: Reported): NodeMode {
  const entrance = entrances.find((one) => one.state === state);
  if (entrance) return entrance.mode;
  if (state === "RELOADING" || state === "RELOADDONE") return "RELOAD";
  if (state.startsWith("PXE")) return "PXEKERNEL";
  if (before === undefined) return "NORMAL";
  const leavesLoader = before.mode === "PXEKERNEL" && state !== "SHUTDOWN" && state !== "POWEROFF";
  if (state === "BOOTING" || leavesLoader) return reportedBy === "token" ? "RELOAD" : "NORMAL";
  // What the disk's OS reports ends a load, finished or not.
  if (before.mode === "RELOAD" && reportedBy === "address" && state !== "SHUTDOWN" && state !== "TBFAILED")
    return "NORMAL";
  return before.mode;
}

function isAllowed(before: Standing, { state }: Reported, mode: NodeMode): boolean {
  const entrance = entrances.find((one) => one.state === state);
  if (entrance) return entrance.from.includes(before.state);
  if (allowedNext[before.mode][before.state]?.includes(state)) return true;
  // The loader hands over to what it boots, and that may report from its first moment on.
  return before.mode === "PXEKERNEL" && mode !== "PXEKERNEL" && before.state !== "PXEFAILED" && state === "BOOTING";
}
