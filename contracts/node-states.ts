import Type from "typebox";
import { LoadedImage, loadFailures } from "./loads.ts";
import { Instant, NodeName, OpId, wireVersion } from "./names.ts";

/** The states a node passes through, by Emulab's names (stated's tables). */
export const nodeStates = [
  "SHUTDOWN",
  "POWEROFF",
  "PXEBOOTING",
  "PXEWAIT",
  "PXEWAKEUP",
  "PXELIMBO",
  "PXEFAILED",
  "BOOTING",
  "TBSETUP",
  "RECONFIG",
  "ISUP",
  "TBFAILED",
  "WEDGED",
  "RELOADSETUP",
  "RELOADING",
  "RELOADDONE",
] as const;
export type NodeState = (typeof nodeStates)[number];

/**
 * What a node is doing, as far as its reports tell (Emulab's op modes that are reached here): in its boot loader, booting
 * or running what is on its disk, or writing images to it.
 */
export const nodeModes = ["PXEKERNEL", "NORMAL", "RELOAD"] as const;
export type NodeMode = (typeof nodeModes)[number];

/** The states in which a node waits in its boot loader and can be woken without a power cycle. */
export const pxeWaitingStates: ReadonlySet<NodeState> = new Set(["PXEWAIT", "PXEWAKEUP", "PXELIMBO"]);

/** What a booting node tells the boot agent, `POST /v1/state`. The node is known by its address, not by what it says. */
export const StateReport = Type.Object(
  {
    state: Type.Enum([...nodeStates]),
    bootId: Type.Optional(Type.String({ pattern: "^[0-9a-f-]{8,64}$" })),
    detail: Type.Optional(Type.String({ maxLength: 2_000 })),
    /** With RELOADDONE: every image of the plan, and the digest of what was written. */
    loaded: Type.Optional(Type.Array(LoadedImage, { minItems: 1, maxItems: 16 })),
    /** With a ramdisk's TBFAILED. */
    failure: Type.Optional(Type.Enum([...loadFailures])),
  },
  { additionalProperties: false },
);
export type StateReport = Type.Static<typeof StateReport>;

/** What the boot agent publishes on `state.<node>` once the report is committed; `id` grows with every report. */
export const StateChange = Type.Object({
  v: Type.Literal(wireVersion),
  id: Type.Integer({ minimum: 1 }),
  node: NodeName,
  state: Type.Enum([...nodeStates]),
  bootId: Type.Optional(Type.String()),
  reportedBy: Type.Enum(["address", "token"]),
  /** With a token: the load that the ramdisk was booted for. */
  loadId: Type.Optional(OpId),
  loaded: Type.Optional(Type.Array(LoadedImage)),
  failure: Type.Optional(Type.Enum([...loadFailures])),
  detail: Type.Optional(Type.String()),
  reportedAt: Instant,
});
export type StateChange = Type.Static<typeof StateChange>;
