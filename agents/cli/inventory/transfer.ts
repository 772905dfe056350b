import { inventoryKindNames } from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";
import type { BusFlags } from "../operation/flags.ts";
import { encodeJson } from "../output/json-documents.ts";
import { runRead } from "../reading/run-read.ts";
import type { Surroundings } from "../surroundings.ts";
import { readPasswords, sealPasswords } from "./bmc-passwords.ts";
import { type ChangeFlags, changeInventory } from "./change-inventory.ts";
import { parseInventory, writeInventory } from "./document-file.ts";
import { readEntries } from "./read-entries.ts";

/** Prints the whole inventory as a document that can be imported again; BMC passwords are not part of it. */
export async function exportInventory(surroundings: Surroundings, flags: BusFlags): Promise<void> {
  await runRead(surroundings, { verb: "inventory export", flags }, async ({ coordinator, isJson }) => {
    const document: Record<string, unknown> = {};
    for (const kind of inventoryKindNames) {
      const entries = await readEntries(coordinator, kind);
      if (entries.length > 0) document[kind] = entries;
    }
    const text = isJson ? `${encodeJson(document)}\n` : writeInventory(document);
    await surroundings.stdout.write(text);
    return { kind: "answered" };
  });
}

export interface ImportFlags extends ChangeFlags {
  readonly prune?: true;
  readonly bmcPasswords?: string;
}

/** Applies a document of YAML in one transaction. */
export async function importInventory(surroundings: Surroundings, file: string, flags: ImportFlags): Promise<void> {
  await changeInventory(surroundings, "inventory import", flags, async (coordinator) => {
    const document = parseInventory(await readDocument(surroundings, file), file);
    const { bmcPasswords } = flags;
    const prune = flags.prune ? ({ prune: true, takesAway: true } as const) : {};
    if (bmcPasswords === undefined) return { changes: { set: document }, ...prune };
    const sealed = await sealPasswords(coordinator, await readPasswords(bmcPasswords, surroundings));
    const named = new Set((document.nodes ?? []).map(({ name }) => name));
    const nodes = [
      ...(document.nodes ?? []).map((node) => withPassword(node, sealed.get(node.name))),
      ...[...sealed].filter(([name]) => !named.has(name)).map(([name, password]) => withPassword({ name }, password)),
    ];
    return { changes: { set: { ...document, nodes } }, ...prune };
  });
}

function withPassword<T extends { readonly name: string }>(node: T, sealedPassword: string | undefined): T {
  return sealedPassword === undefined ? node : { ...node, sealedPassword };
}

async function readDocument(surroundings: Surroundings, file: string): Promise<string> {
  try {
    return await (file === "-" ? surroundings.readStdin() : surroundings.readFile(file));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RefusedError("malformed-arguments", `cannot read ${file}: ${why}`);
  }
}
