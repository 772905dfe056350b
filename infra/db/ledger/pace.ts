import type { Sql } from "../connect.ts";

/** What a circuit bears: at most `maxPowerOns` in any `windowS` seconds. */
export interface CircuitLimit {
  readonly circuit: string;
  readonly maxPowerOns: number;
  readonly windowS: number;
}

/** `start`: a node begins its power cycle; `power-on`: its power-on leaves. Each kind is paced by itself. */
export type TurnKind = "start" | "power-on";

/** Added to the window: a turn may be used up to half a second late, so two of them may come that much closer. */
const slackS = 0.5;

/** A circuit without a row of its own (BEHAVIOUR §3). */
export const defaultCircuitLimit = { maxPowerOns: 12, windowS: 5 } as const;

/** Books turns on a circuit, across all operations and replicas; gives in how many milliseconds each comes, 0 for now. */
export async function bookTurns(
  sql: Sql,
  { circuit, maxPowerOns, windowS }: CircuitLimit,
  kind: TurnKind,
  count: number,
): Promise<readonly number[]> {
  const rows = await sql<{ waitMs: number }[]>`
    select book_turns as "waitMs"
    from reboot.book_turns(${circuit}, ${kind}, ${count}::int, ${maxPowerOns}::int, ${windowS + slackS}::float8)`;
  return rows.map(({ waitMs }) => waitMs);
}
