import type { OperationAnswer, OperationSummary, QueryArgs, Results } from "../../contracts/index.ts";
import type { QueryReply } from "./query.ts";

/** Silence after which the ledger is asked, and the longest pause between two askings, milliseconds. */
export const firstQuietMs = 2_000;
export const maxQuietMs = 15_000;

/** How long to stay quiet before the ledger is asked for the n-th time in a row without news: 2 s, 3 s, 4.5 s … 15 s. */
export function quietBeforeAsking(fruitlessAskings: number): number {
  return Math.min(firstQuietMs * 1.5 ** fruitlessAskings, maxQuietMs);
}

export type AskOperation = (args: QueryArgs<"operation">) => Promise<QueryReply<"operation">>;

export type CaughtUp =
  | { readonly ok: true; readonly operation: OperationSummary; readonly results: Results; readonly asOf: string }
  | (QueryReply<"operation"> & { readonly ok: false });

/** Everything the ledger knows of an operation since an instant, all pages together. */
export async function catchUp(askOperation: AskOperation, op: string, since: string | undefined): Promise<CaughtUp> {
  const results: Results = {};
  let first: OperationAnswer | undefined;
  let after: string | undefined;
  for (;;) {
    const reply = await askOperation({ op, ...(since ? { since } : {}), ...(after ? { after } : {}) });
    if (!reply.ok) return reply;
    first ??= reply.answer;
    Object.assign(results, reply.answer.results);
    after = reply.answer.next;
    if (after === undefined) {
      return { ok: true, operation: reply.answer.operation, results, asOf: first.asOf };
    }
  }
}
