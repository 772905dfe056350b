import Type from "typebox";
import { NodeName, maxNodesPerCommand } from "../names.ts";

/** Arguments of `wake`: nodes that wait in their boot loader are to go on. From the reboot agent alone. */
export const WakeArgs = Type.Object(
  { nodelist: Type.Array(NodeName, { minItems: 1, maxItems: maxNodesPerCommand }) },
  { additionalProperties: false },
);
export type WakeArgs = Type.Static<typeof WakeArgs>;
