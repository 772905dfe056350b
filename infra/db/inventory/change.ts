import type {
  InventoryApplyArgs,
  InventoryChanges,
  InventoryDifference,
  RefusalReason,
} from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import { bootImageOf } from "../loads/boot-image.ts";
import { type InventoryModel, readChanger, readInventoryModel } from "./model.ts";
import { writeDifferences } from "./write-model.ts";

/** Any number that only changes of the inventory lock on: one at a time, so that each is judged by what is there. */
const inventoryLock = 7_230_516;
/** Parts of a change that nobody completed are forgotten after so long, seconds. */
const stagedForS = 600;

/** What a change of the inventory is judged by. */
export interface ChangeFacts {
  readonly changer: { readonly user: string; readonly isAdmin: boolean; readonly leads: readonly string[] };
  readonly current: InventoryModel;
  /** Node to the operation that holds it. */
  readonly holders: ReadonlyMap<string, string>;
  /** Node to the image that boots; null while a load is under way. */
  readonly bootImages: ReadonlyMap<string, string | null>;
  /** Free nodes that are to be loaded before they are reserved. */
  readonly freed: ReadonlySet<string>;
}

export type ChangeDecision =
  | { readonly kind: "refuse"; readonly reason: RefusalReason; readonly detail: string }
  | {
      readonly kind: "write";
      readonly next: InventoryModel;
      readonly differences: readonly InventoryDifference[];
      readonly sealedPasswords: ReadonlyMap<string, string>;
      readonly newlyFreed: readonly { readonly node: string; readonly image: string }[];
    };

export type ChangeOutcome =
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: "staged" }
  | { readonly kind: "applied"; readonly differences: readonly InventoryDifference[] };

/**
 * Changes the inventory in one transaction, or not at all. A part that is not the last is kept for it; the last one reads
 * what there is, and writes what `decide` makes of it. With `dryRun` everything is undone.
 */
export async function changeInventory(
  sql: Sql,
  user: string,
  args: InventoryApplyArgs,
  decide: (facts: ChangeFacts, changes: readonly InventoryChanges[]) => ChangeDecision,
): Promise<ChangeOutcome> {
  return sql.begin(async (transaction): Promise<ChangeOutcome> => {
    const tx = transaction as unknown as Sql;
    const changer = await readChanger(tx, user);
    if (!changer) return { kind: "refused", reason: "permission-denied", detail: `${user} is no user of this site` };
    if (args.part < args.parts) return stage(tx, user, args);
    await tx`select pg_advisory_xact_lock(${inventoryLock})`;
    const earlier = await takeStaged(tx, user, args.upload);
    if (earlier.length !== args.parts - 1) {
      const detail = `of ${args.parts} parts ${earlier.length + 1} are there`;
      return { kind: "refused", reason: "inventory-incomplete", detail };
    }
    const facts = { changer, current: await readInventoryModel(tx), ...(await readUse(tx)) };
    const decision = decide(facts, [...earlier, args.changes]);
    if (decision.kind === "refuse") return { ...decision, kind: "refused" };
    const { differences, next, sealedPasswords, newlyFreed } = decision;
    if (args.dryRun !== true) {
      await writeDifferences(tx, differences, next, sealedPasswords);
      await tx`
        insert into registry.freed_nodes (node, image)
        select node, image from jsonb_to_recordset(${JSON.stringify(newlyFreed)}::text::jsonb) as r(node text, image text)
        on conflict (node) do update set image = excluded.image, freed_at = now()`;
    }
    return { kind: "applied", differences };
  });
}

async function stage(tx: Sql, user: string, { upload, part, changes }: InventoryApplyArgs): Promise<ChangeOutcome> {
  await tx`delete from registry.staged_changes where staged_at < now() - make_interval(secs => ${stagedForS})`;
  await tx`
    insert into registry.staged_changes (user_name, upload, part, changes)
    values (${user}, ${upload}, ${part}, ${JSON.stringify(changes)}::text::jsonb)
    on conflict (user_name, upload, part) do update set changes = excluded.changes, staged_at = now()`;
  return { kind: "staged" };
}

async function takeStaged(tx: Sql, user: string, upload: string): Promise<readonly InventoryChanges[]> {
  const rows = await tx<{ part: number; changes: InventoryChanges }[]>`
    delete from registry.staged_changes where user_name = ${user} and upload = ${upload} returning part, changes`;
  return rows.sort((a, b) => a.part - b.part).map(({ changes }) => changes);
}

async function readUse(tx: Sql): Promise<Pick<ChangeFacts, "holders" | "bootImages" | "freed">> {
  const locks = await tx<{ node: string; op: string }[]>`select node, root_op as op from ledger.node_locks`;
  const disks = await tx<{ node: string; image: string | null }[]>`
    select node, ${bootImageOf(tx)} as image
    from reload.node_disks d left join reload.boot_selections b using (node)`;
  const freed = await tx<{ node: string }[]>`select node from registry.freed_nodes`;
  return {
    holders: new Map(locks.map(({ node, op }) => [node, op])),
    bootImages: new Map(disks.map(({ node, image }) => [node, image])),
    freed: new Set(freed.map(({ node }) => node)),
  };
}
