import type { QueryAnswer, QueryArgs, QueryName, RefusalReason } from "../../contracts/index.ts";
import {
  type Sql,
  readHistory,
  readImages,
  readNodes,
  readOperation,
  readRecentOperations,
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
  history: async (sql, args) => ({ ok: true, answer: await readHistory(sql, args) }),
};

export function answerQuery<Q extends QueryName>(
  sql: Sql,
  name: Q,
  args: QueryArgs<Q>,
  user: string,
): Promise<Answered<Q>> {
  return handlers[name](sql, args, user);
}
