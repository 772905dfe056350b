import { type InventoryApplyAnswer, type InventoryApplyArgs, maxDifferences } from "../../../contracts/index.ts";
import { type Sql, changeInventory } from "../../../infra/db/index.ts";
import { decideChange } from "./decide-change.ts";
import type { Refused } from "./refuse-differences.ts";

type Applied = { readonly ok: true; readonly answer: InventoryApplyAnswer } | ({ readonly ok: false } & Refused);

/** Carries out `inventory-apply` for a user. */
export async function applyInventory(sql: Sql, user: string, args: InventoryApplyArgs): Promise<Applied> {
  const outcome = await changeInventory(sql, user, args, (facts, parts) => decideChange(facts, parts, args));
  switch (outcome.kind) {
    case "refused":
      return { ok: false, reason: outcome.reason, detail: outcome.detail };
    case "staged":
      return { ok: true, answer: { isStaged: true, added: 0, changed: 0, removed: 0, differences: [] } };
    case "applied": {
      const { differences } = outcome;
      const count = (change: string) => differences.filter((one) => one.change === change).length;
      const counts = { added: count("added"), changed: count("changed"), removed: count("removed") };
      return { ok: true, answer: { isStaged: false, ...counts, differences: differences.slice(0, maxDifferences) } };
    }
  }
}
