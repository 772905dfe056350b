import Type from "typebox";
import { isActingVerb, verbs } from "../commands/index.ts";
import { Instant, UserName } from "../names.ts";
import { OperationSummary } from "./operation.ts";

/** The newest operations that the asker may see: admins all, others their own. */
export const OperationsQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    running: Type.Optional(Type.Boolean()),
    verb: Type.Optional(Type.Enum(verbs.filter(isActingVerb))),
    user: Type.Optional(UserName),
    since: Type.Optional(Type.Union([Instant], { description: "begun at or after this" })),
  },
  { additionalProperties: false },
);
export type OperationsQuery = Type.Static<typeof OperationsQuery>;

export const OperationsAnswer = Type.Object({ operations: Type.Array(OperationSummary) });
export type OperationsAnswer = Type.Static<typeof OperationsAnswer>;
