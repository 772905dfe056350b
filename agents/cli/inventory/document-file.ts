import { LineCounter, parseDocument, stringify } from "yaml";
import { InventoryDocument, firstFaultOf, hasShape } from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";

/** The longest file that is read, characters: 10,000 nodes take some four million. */
const maxCharacters = 32 * 1024 * 1024;
/** How often aliases may be followed in all: enough for a file that shares settings, too few for one that multiplies itself. */
const maxAliases = 100;

/**
 * An inventory written as YAML (or JSON, which is YAML). What is wrong is told with its line, an unknown key too. Throws
 * RefusedError.
 */
export function parseInventory(text: string, file: string): InventoryDocument {
  const refuse = (line: number | undefined, why: string): never => {
    const place = line === undefined ? file : `${file}:${line}`;
    throw new RefusedError("malformed-arguments", `${place}: ${why}`);
  };
  if (text.length > maxCharacters) refuse(undefined, `longer than ${maxCharacters} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2", merge: true });
  const [error] = document.errors;
  if (error) refuse(lines.linePos(error.pos[0]).line, error.message);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases }) ?? {};
  } catch (cause) {
    // The library's way to say that aliases make more of it than was written.
    if (cause instanceof ReferenceError) refuse(undefined, `too many aliases: ${cause.message}`);
    throw cause;
  }
  if (hasShape(InventoryDocument, value)) return value;
  const fault = firstFaultOf(InventoryDocument, value);
  return refuse(lineOf(fault.path), fault.text);

  /** The line of the deepest part of a path that the file has; a key's own line where the path ends in one. */
  function lineOf(path: string): number | undefined {
    const keys = path === "" ? [] : path.split("/").map((key) => (/^\d+$/u.test(key) ? Number(key) : key));
    for (let depth = keys.length; depth >= 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true);
      const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
      if (Array.isArray(range) && typeof range[0] === "number") return lines.linePos(range[0]).line;
    }
    return undefined;
  }
}

/** An inventory as YAML, in the order of the schema, each entry on a line of its own where it is short. */
export function writeInventory(document: InventoryDocument): string {
  return stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });
}
