import Type from "typebox";
import { Instant, NodeNameInput } from "../names.ts";
import { nodeModes, nodeStates } from "../node-states.ts";

/** A node's states, newest first. */
export const HistoryQuery = Type.Object(
  { node: NodeNameInput, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) },
  { additionalProperties: false },
);
export type HistoryQuery = Type.Static<typeof HistoryQuery>;

export const HistoryEntry = Type.Object({
  at: Instant,
  state: Type.Enum([...nodeStates]),
  mode: Type.Optional(Type.Enum([...nodeModes])),
  expected: Type.Boolean({ description: "whether the table of transitions allows it after the state before" }),
  reportedBy: Type.Enum(["address", "token", "timeout"], {
    description: "timeout: the state lasted longer than it should; nobody reported that, and nobody acts on it",
  }),
  bootId: Type.Optional(Type.String()),
});
export type HistoryEntry = Type.Static<typeof HistoryEntry>;

export const HistoryAnswer = Type.Object({ known: Type.Boolean(), entries: Type.Array(HistoryEntry) });
export type HistoryAnswer = Type.Static<typeof HistoryAnswer>;
