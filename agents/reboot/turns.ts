import { type CircuitLimit, type Sql, type TurnKind, bookTurns } from "../../infra/db/index.ts";

/** A turn that was booked. */
export interface Turn {
  /** In how many milliseconds it comes; 0 for now. */
  readonly waitMs: number;
  /** It comes no earlier than this, on the clock of `performance.now()`: from here its lateness is counted. */
  readonly notBeforeMs: number;
}

/** Turns on circuits, from the ledger: whatever one tick asks for on a circuit is booked in one statement. */
export interface Turns {
  book(limit: CircuitLimit, kind: TurnKind): Promise<Turn>;
}

interface Asked {
  readonly limit: CircuitLimit;
  readonly kind: TurnKind;
  readonly askers: { readonly resolve: (turn: Turn) => void; readonly reject: (error: unknown) => void }[];
}

export function createTurns(sql: Sql): Turns {
  const asked = new Map<string, Asked>();

  async function bookAll({ limit, kind, askers }: Asked): Promise<void> {
    const sentAtMs = performance.now();
    try {
      const waits = await bookTurns(sql, limit, kind, askers.length);
      for (const [index, { resolve }] of askers.entries()) {
        const waitMs = waits[index] ?? 0;
        resolve({ waitMs, notBeforeMs: sentAtMs + waitMs });
      }
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
