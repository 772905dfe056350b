import Type from "typebox";
import { nodeSelection, waveLimits } from "./selection.ts";

/** Arguments of `reboot`: restart what is on the nodes' disks. Exactly one of `nodelist`, `experiment`, `freemode`. */
export const RebootArgs = Type.Object(
  {
    ...nodeSelection,
    powercycle: Type.Optional(Type.Boolean({ description: "skip the ladder: power cycle at once", default: false })),
    killmode: Type.Optional(
      Type.Boolean({ description: "power cycle a node that waits in PXE, instead of waking it", default: false }),
    ),
    reconfig: Type.Optional(
      Type.Boolean({
        description: "first try to reconfigure the running OS; any failure falls through",
        default: false,
      }),
    ),
    prepare: Type.Optional(
      Type.Boolean({ description: "run the node's prepare hook before it goes down", default: false }),
    ),
    waitmode: Type.Optional(Type.Boolean({ description: "wait for ISUP or TBFAILED", default: false })),
    waittime: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400,
        description: "seconds to wait for ISUP after the node's own restart; default: its type's, 360",
      }),
    ),
    force: Type.Optional(
      Type.Boolean({
        description: "include nodes whose type is not rebootable, and those that a load writes which nobody waits for",
        default: false,
      }),
    ),
    ...waveLimits,
  },
  { additionalProperties: false },
);
export type RebootArgs = Type.Static<typeof RebootArgs>;
