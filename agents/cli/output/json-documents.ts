import type { Results } from "../../../contracts/index.ts";
import { compareNaturally } from "../node-set/natural-order.ts";
import type { TextWriter } from "./text-writer.ts";

/** How much is gathered before it is written, characters. */
const chunkLength = 64 * 1024;

// JSON leaves DEL, the C1 controls (U+009B begins a terminal's control sequence) and what reorders text as they are.
const unsafeInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** One line of JSON that is safe on a terminal too, and reads back equal. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    unsafeInJson,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * One line: `{…head, "results": {…}}`, the nodes in natural order. It is written in parts that wait for the reader, so
 * that 50,000 results take no more memory than they have already.
 */
export async function writeDocument(
  writer: TextWriter,
  head: Readonly<Record<string, unknown>>,
  results: Results,
): Promise<void> {
  let pending = `${encodeJson(head).slice(0, -1)},"results":{`;
  let separator = "";
  for (const node of Object.keys(results).sort(compareNaturally)) {
    pending += `${separator}${encodeJson(node)}:${encodeJson(results[node])}`;
    separator = ",";
    if (pending.length < chunkLength) continue;
    await writer.write(pending);
    pending = "";
  }
  await writer.write(`${pending}}}\n`);
}
