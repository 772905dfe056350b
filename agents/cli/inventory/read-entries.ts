import type { InventoryDocument, InventoryKind } from "../../../contracts/index.ts";
import type { Coordinator } from "../coordinator.ts";
import { askFor } from "../operation/read-inventory.ts";

/** All entries of one kind, page by page. Throws RefusedError. */
export async function readEntries<K extends InventoryKind>(
  coordinator: Pick<Coordinator, "query">,
  kind: K,
): Promise<NonNullable<InventoryDocument[K]>> {
  const entries: unknown[] = [];
  let after: string | undefined;
  do {
    const page = await askFor(coordinator, "inventory", { kind, ...(after === undefined ? {} : { after }) });
    entries.push(...(page.document[kind] ?? []));
    after = page.next;
  } while (after !== undefined);
  return entries as NonNullable<InventoryDocument[K]>;
}

/** The key to which BMC passwords are sealed, or undefined if the reboot agent has not told it yet. Throws RefusedError. */
export async function readSealingKey(coordinator: Pick<Coordinator, "query">): Promise<string | undefined> {
  return (await askFor(coordinator, "sealing-key", {})).publicKey;
}
