import Type from "typebox";
import { NodeName, maxNodesPerCommand } from "../names.ts";

/**
 * Arguments of `console`: the serial consoles of nodes are to be followed for as long as the operation that `parentOp` names
 * holds them. From the reload agent alone.
 */
export const ConsoleArgs = Type.Object(
  { nodelist: Type.Array(NodeName, { minItems: 1, maxItems: maxNodesPerCommand }) },
  { additionalProperties: false },
);
export type ConsoleArgs = Type.Static<typeof ConsoleArgs>;
