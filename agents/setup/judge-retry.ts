import { type Retry, retryOf } from "../../contracts/index.ts";
import { type Sql, readFailures, readWithoutRetry, setRetry } from "../../infra/db/index.ts";

/** What an ended setup says of another try, kept in the ledger for whoever asks later. */
export async function judgeRetry(sql: Sql, op: string): Promise<Retry | undefined> {
  const retry = retryOf(await readFailures(sql, op));
  if (retry) await setRetry(sql, op, retry);
  return retry;
}

/** Judges setups that ended just when their replica died. */
export async function judgeEnded(sql: Sql): Promise<void> {
  for (const op of await readWithoutRetry(sql)) await judgeRetry(sql, op);
}
