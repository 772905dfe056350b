import Type from "typebox";
import { OperationSummary } from "./operation.ts";

/** The newest operations that the asker may see: admins all, others their own. */
export const OperationsQuery = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })), running: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);
export type OperationsQuery = Type.Static<typeof OperationsQuery>;

export const OperationsAnswer = Type.Object({ operations: Type.Array(OperationSummary) });
export type OperationsAnswer = Type.Static<typeof OperationsAnswer>;
