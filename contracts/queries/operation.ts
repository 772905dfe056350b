import Type from "typebox";
import { isActingVerb, verbs } from "../commands/index.ts";
import { Instant, NodeName, OpId, UserName } from "../names.ts";
import { NodeResult } from "../results.ts";

/**
 * What the ledger knows of one operation, in pages of results by node name. `since` asks only for results that ended
 * at or after that instant of the database's clock (give an earlier answer's `asOf`, which already has slack taken off).
 */
export const OperationQuery = Type.Object(
  { op: OpId, after: Type.Optional(NodeName), since: Type.Optional(Instant) },
  { additionalProperties: false },
);
export type OperationQuery = Type.Static<typeof OperationQuery>;

export const OperationSummary = Type.Object({
  op: OpId,
  verb: Type.Enum(verbs.filter(isActingVerb)),
  user: UserName,
  state: Type.Enum(["running", "finished"]),
  cancelRequested: Type.Boolean(),
  nodeCount: Type.Integer({ minimum: 0 }),
  doneCount: Type.Integer({ minimum: 0 }),
  failedCount: Type.Integer({ minimum: 0 }),
  createdAt: Instant,
  finishedAt: Type.Optional(Instant),
  retry: Type.Optional(
    Type.Enum(["may-help", "futile"], { description: "of an ended setup that failed: whether to try again" }),
  ),
});
export type OperationSummary = Type.Static<typeof OperationSummary>;

export const OperationAnswer = Type.Object({
  operation: OperationSummary,
  results: Type.Record(NodeName, NodeResult, { additionalProperties: false }),
  asOf: Instant,
  /** Ask again with `after: next` for the following page. */
  next: Type.Optional(NodeName),
});
export type OperationAnswer = Type.Static<typeof OperationAnswer>;
