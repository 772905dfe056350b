import Type from "typebox";
import { ExperimentName, Instant, NodeName, NodeNameInput, maxNodesPerCommand } from "../names.ts";
import { nodeStates } from "../node-states.ts";

/**
 * The inventory as the asker may see it, in pages by name. `nodelist` names nodes, unknown ones come back in `unknown`;
 * `group` is `all`, `free`, a node type, a circuit or `project/experiment`. Neither: every node.
 */
export const NodesQuery = Type.Object(
  {
    nodelist: Type.Optional(Type.Array(NodeNameInput, { maxItems: maxNodesPerCommand })),
    group: Type.Optional(Type.String({ minLength: 1, maxLength: 127 })),
    after: Type.Optional(NodeName),
  },
  { additionalProperties: false },
);
export type NodesQuery = Type.Static<typeof NodesQuery>;

export const NodeSummary = Type.Object({
  node: NodeName,
  type: Type.String(),
  experiment: Type.Optional(ExperimentName),
  circuit: Type.Optional(Type.String()),
  state: Type.Optional(Type.Enum([...nodeStates])),
  stateSince: Type.Optional(Instant),
  uncleanSince: Type.Optional(
    Type.Union([Instant], { description: "free, and not loaded with its default image yet since it was freed" }),
  ),
  stuck: Type.Optional(
    Type.Boolean({
      description: "with uncleanSince: whether that was more than half an hour ago, by the site's clock",
    }),
  ),
  allocation: Type.Optional(
    Type.Enum(["setting-up", "ready", "down", "dirty"], { description: "how far the last setup brought it" }),
  ),
  holder: Type.Optional(Type.String({ description: "the operation that holds the node now" })),
});
export type NodeSummary = Type.Static<typeof NodeSummary>;

export const NodesAnswer = Type.Object({
  nodes: Type.Array(NodeSummary),
  unknown: Type.Array(Type.String()),
  groupKnown: Type.Boolean({ description: "false when group names nothing" }),
  next: Type.Optional(NodeName),
});
export type NodesAnswer = Type.Static<typeof NodesAnswer>;
