import { type CircuitLimit, type Sql, type TurnKind, bookTurns } from "../../infra/db/index.ts";

/** Turns on circuits, from the ledger: whatever one tick asks for on a circuit is booked in one statement. */
export interface Turns {
  /** In how many milliseconds the turn comes that was booked; 0 for now. */
  book(limit: CircuitLimit, kind: TurnKind): Promise<number>;
}

interface Asked {
  readonly limit: CircuitLimit;
  readonly kind: TurnKind;
  readonly askers: { readonly resolve: (waitMs: number) => void; readonly reject: (error: unknown) => void }[];
}

export function createTurns(sql: Sql): Turns {
  const asked = new Map<string, Asked>();

  async function bookAll({ limit, kind, askers }: Asked): Promise<void> {
    try {
      const waits = await bookTurns(sql, limit, kind, askers.length);
      askers.forEach(({ resolve }, index) => resolve(waits[index] ?? 0));
    } catch (error) {
      for (const { reject } of askers) reject(error);
    }
  }

  return {
    book: (limit, kind) =>
      new Promise((resolve, reject) => {
        const key = `${kind} ${limit.circuit}`;
        let entry = asked.get(key);
        if (!entry) {
          const fresh: Asked = { limit, kind, askers: [] };
          entry = fresh;
          asked.set(key, fresh);
          setImmediate(() => {
            asked.delete(key);
            void bookAll(fresh);
          });
        }
        entry.askers.push({ resolve, reject });
      }),
  };
}
