import { type InventoryChanges, inventoryKindNames, maxMessageBytes } from "../../../contracts/index.ts";

/** What the entries of one part may take, bytes of JSON: room is left for the command around them. */
const maxPartBytes = maxMessageBytes - 16 * 1024;

/** A change as parts that each fit into one message; one part for a short one. */
export function splitChanges(changes: InventoryChanges, maxBytes = maxPartBytes): readonly InventoryChanges[] {
  let part = emptyPart();
  const parts = [part];
  let bytes = 0;
  const add = (section: keyof Part, kind: string, entries: readonly unknown[]) => {
    const size = Buffer.byteLength(JSON.stringify(entries));
    if (bytes + size > maxBytes && bytes > 0) {
      part = emptyPart();
      parts.push(part);
      bytes = 0;
    }
    (part[section][kind] ??= []).push(...entries);
    bytes += size;
  };
  for (const kind of inventoryKindNames) {
    const [set, remove] = [changes.set?.[kind], changes.remove?.[kind]];
    // An empty list says something too: with `prune`, that none is to be left.
    if (set?.length === 0) add("set", kind, []);
    for (const entry of set ?? []) add("set", kind, [entry]);
    for (const name of remove ?? []) add("remove", kind, [name]);
  }
  return parts;
}

interface Part {
  readonly set: Record<string, unknown[]>;
  readonly remove: Record<string, unknown[]>;
}

function emptyPart(): Part {
  return { set: {}, remove: {} };
}
