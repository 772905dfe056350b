import Type from "typebox";
import { ExperimentName, NodeNameInput, maxNodesPerCommand } from "../names.ts";

/** The three ways to say which nodes a command is for; exactly one is given. Duplicates collapse, names are lowercased. */
export const nodeSelection = {
  nodelist: Type.Optional(Type.Array(NodeNameInput, { minItems: 1, maxItems: maxNodesPerCommand })),
  experiment: Type.Optional(ExperimentName),
  freemode: Type.Optional(Type.Literal(true, { description: "all free nodes; admins only" })),
};

export type NodeSelection = Type.Static<Type.TObject<typeof nodeSelection>>;

/** What bounds a wave of nodes. */
export const waveLimits = {
  maxFailures: Type.Optional(
    Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^(?:100|[0-9]{1,2})%$" })], {
      description: "stop starting nodes once more than this many (or this share) have failed; the rest end skipped",
    }),
  ),
  debug: Type.Optional(Type.Boolean({ description: "stream every step as an event", default: false })),
};
