import type {
  InventoryDocument,
  InventoryQuery,
  QueryAnswer,
  QueryArgs,
  QueryName,
  RefusalReason,
} from "../../contracts/index.ts";
import {
  type Sql,
  readChanger,
  readHistory,
  readImages,
  readInventoryPage,
  readNodes,
  readOperation,
  readRecentOperations,
  readSealingKey,
} from "../../infra/db/index.ts";

export type Answered<Q extends QueryName> =
  | { readonly ok: true; readonly answer: QueryAnswer<Q> }
  | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string };

type Handlers = {
  readonly [Q in QueryName]: (sql: Sql, args: QueryArgs<Q>, user: string) => Promise<Answered<Q>>;
};

/** The table of reads: what each asks of the database. A new query is a row here beside its row in contracts. */
const handlers: Handlers = {
  operation: async (sql, args, user) => {
    const answer = await readOperation(sql, args, user);
    if (answer) return { ok: true, answer };
    return { ok: false, reason: "operation-unknown", detail: `no operation ${args.op} that ${user} may see` };
  },
  operations: async (sql, args, user) => ({
    ok: true,
    answer: { operations: [...(await readRecentOperations(sql, args, user))] },
  }),
  nodes: async (sql, args) => ({ ok: true, answer: await readNodes(sql, args) }),
  images: async (sql, args, user) => ({ ok: true, answer: await readImages(sql, args, user) }),
  inventory: answerInventory,
  "sealing-key": async (sql) => {
    const publicKey = await readSealingKey(sql);
    return { ok: true, answer: publicKey === undefined ? {} : { publicKey } };
  },
  history: async (sql, args) => ({ ok: true, answer: await readHistory(sql, args) }),
};

/** Entries of an inventory on one page: with a node's every field they stay well below a message's size. */
const inventoryPageRows = 250;

/** Who the others are and how nodes are reached is for admins; what there is to ask for is for all. */
async function answerInventory(sql: Sql, args: InventoryQuery, user: string): Promise<Answered<"inventory">> {
  const asker = await readChanger(sql, user);
  if (!asker || ((args.kind === "users" || args.kind === "nodes") && !asker.isAdmin)) {
    return { ok: false, reason: "permission-denied", detail: `${user} is no admin; ${args.kind} are for admins` };
  }
  const rows = await readInventoryPage(sql, args.kind, { after: args.after ?? "", limit: inventoryPageRows });
  const next = rows.length === inventoryPageRows ? rows.at(-1)?.name : undefined;
  const document = { [args.kind]: rows } as InventoryDocument;
  return { ok: true, answer: { document, ...(next === undefined ? {} : { next }) } };
}

export function answerQuery<Q extends QueryName>(
  sql: Sql,
  name: Q,
  args: QueryArgs<Q>,
  user: string,
): Promise<Answered<Q>> {
  return handlers[name](sql, args, user);
}
