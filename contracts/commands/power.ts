import Type from "typebox";
import { nodeSelection, waveLimits } from "./selection.ts";

export const powerActions = ["on", "off", "cycle", "reset", "soft", "diag", "status"] as const;
export type PowerAction = (typeof powerActions)[number];

/** Arguments of `power`: act on the BMC or PDU alone. `raw` is for `cycle`: the BMC's own cycle, which can't be read back. */
export const PowerArgs = Type.Object(
  {
    action: Type.Enum([...powerActions]),
    ...nodeSelection,
    raw: Type.Optional(Type.Boolean({ description: "the BMC's own cycle instead of off and on", default: false })),
    force: Type.Optional(
      Type.Boolean({
        description:
          "ask BMCs too that are left alone because they were unreachable or refused their credentials; act on nodes, too, that a load writes which nobody waits for",
        default: false,
      }),
    ),
    ...waveLimits,
  },
  { additionalProperties: false },
);
export type PowerArgs = Type.Static<typeof PowerArgs>;
