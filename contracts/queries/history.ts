import Type from "typebox";
import { Instant, NodeNameInput } from "../names.ts";
import { nodeStates } from "../node-states.ts";

/** A node's states, newest first. */
export const HistoryQuery = Type.Object(
  { node: NodeNameInput, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) },
  { additionalProperties: false },
);
export type HistoryQuery = Type.Static<typeof HistoryQuery>;

export const HistoryEntry = Type.Object({
  at: Instant,
  state: Type.Enum([...nodeStates]),
  expected: Type.Boolean({ description: "whether the table of transitions allows it after the state before" }),
  reportedBy: Type.Enum(["address", "token"]),
  bootId: Type.Optional(Type.String()),
});
export type HistoryEntry = Type.Static<typeof HistoryEntry>;

export const HistoryAnswer = Type.Object({ known: Type.Boolean(), entries: Type.Array(HistoryEntry) });
export type HistoryAnswer = Type.Static<typeof HistoryAnswer>;
