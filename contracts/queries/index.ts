import Type from "typebox";
import type { TSchema } from "typebox";
import { Instant, OpId, wireVersion } from "../names.ts";
import { HistoryAnswer, HistoryQuery } from "./history.ts";
import { ImagesAnswer, ImagesQuery } from "./images.ts";
import { InventoryAnswer, InventoryQuery, SealingKeyAnswer, SealingKeyQuery } from "./inventory.ts";
import { NodesAnswer, NodesQuery } from "./nodes.ts";
import { OperationAnswer, OperationQuery } from "./operation.ts";
import { OperationsAnswer, OperationsQuery } from "./operations.ts";

/** The table of reads; the registry agent answers them all. A new read is two schemas, a row and a handler. */
const queryTable = {
  operation: { args: OperationQuery, answer: OperationAnswer },
  operations: { args: OperationsQuery, answer: OperationsAnswer },
  nodes: { args: NodesQuery, answer: NodesAnswer },
  images: { args: ImagesQuery, answer: ImagesAnswer },
  history: { args: HistoryQuery, answer: HistoryAnswer },
  inventory: { args: InventoryQuery, answer: InventoryAnswer },
  "sealing-key": { args: SealingKeyQuery, answer: SealingKeyAnswer },
} as const satisfies Record<string, { args: TSchema; answer: TSchema }>;

export type QueryName = keyof typeof queryTable;
type TypesOf<T extends Record<string, { args: TSchema; answer: TSchema }>> = {
  readonly [Q in keyof T]: { readonly args: Type.Static<T[Q]["args"]>; readonly answer: Type.Static<T[Q]["answer"]> };
};
/** An interface, so that the compiler works each row out once: a type alias cost it half a minute of comparing. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
interface QueryTypes extends TypesOf<typeof queryTable> {}
export type QueryArgs<Q extends QueryName> = QueryTypes[Q]["args"];
export type QueryAnswer<Q extends QueryName> = QueryTypes[Q]["answer"];

export const queryNames = Object.keys(queryTable) as readonly QueryName[];

export function isQueryName(name: string): name is QueryName {
  return Object.hasOwn(queryTable, name);
}

export function querySchemasOf(name: QueryName): { readonly args: TSchema; readonly answer: TSchema } {
  return queryTable[name];
}

/** How many results or nodes one page holds at the most: usually well below `maxMessageBytes`. */
export const maxPageRows = 1_000;

/** A query as it is published; `op` is the query's own id, and names its reply inbox. */
export const QueryEnvelope = Type.Object(
  {
    v: Type.Literal(wireVersion),
    op: OpId,
    expiresAt: Instant,
    args: Type.Record(Type.String(), Type.Unknown()),
  },
  { additionalProperties: false },
);
export type QueryEnvelope = Type.Static<typeof QueryEnvelope>;

/** The whole schema of one query, for the published JSON Schemas. */
export function querySchemaOf(name: QueryName): TSchema {
  return Type.Object({ ...QueryEnvelope.properties, args: queryTable[name].args }, { additionalProperties: false });
}
