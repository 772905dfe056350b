import type { InventoryDifference } from "../../../contracts/index.ts";
import { foldNames } from "../node-set/fold-names.ts";

const marks = { added: "+", changed: "~", removed: "-" } as const;

/**
 * Differences as a person reads them, the same change of many entries on one line:
 *
 *     + nodes pc[1-40]
 *     ~ nodes pc[1-4]: experiment - → demo/lab
 */
export function describeDifferences(differences: readonly InventoryDifference[]): readonly string[] {
  const groups = new Map<string, { readonly head: string; readonly tail: string; readonly names: string[] }>();
  for (const { kind, name, change, fields } of differences) {
    const head = `${marks[change]} ${kind}`;
    const tail = change === "added" ? "" : fields.map(changeOf).join(", ");
    const key = `${head}\n${tail}`;
    const group = groups.get(key);
    if (group) group.names.push(name);
    else groups.set(key, { head, tail, names: [name] });
  }
  return [...groups.values()].map(({ head, tail, names }) => {
    return `${head} ${foldOf(head, names)}${tail === "" ? "" : `: ${tail}`}`;
  });
}

/** Names of experiments hold a slash, which node sets do not. */
function foldOf(head: string, names: readonly string[]): string {
  return head.endsWith(" nodes") ? foldNames(names) : [...names].sort().join(", ");
}

function changeOf({ field, from, to }: InventoryDifference["fields"][number]): string {
  return field === "sealedPassword" ? "BMC password set" : `${field} ${shown(from)} → ${shown(to)}`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
