import { parseJson } from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";

/** The word that clears a field: `--circuit none`. */
const none = "none";

/** How a field is written on a command line. */
export type FieldReader = (text: string, option: string) => unknown;

export const asText: FieldReader = (text) => text;
export const orNone =
  (read: FieldReader): FieldReader =>
  (text, option) =>
    text === none ? null : read(text, option);
export const asLowerCase: FieldReader = (text) => text.toLowerCase();
export const asWhole: FieldReader = (text, option) => {
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw new RefusedError("malformed-arguments", `${option} takes a whole number`);
};
export const asJson: FieldReader = (text, option) => {
  const parsed = parseJson(text);
  if (parsed.ok) return parsed.value;
  throw new RefusedError("malformed-arguments", `${option} takes JSON`);
};
export const asIs: FieldReader = (value) => value;

/** The fields that were given, read by a table of option to field; what was not given is left out. Throws RefusedError. */
export function readFields(
  written: Readonly<Record<string, unknown>>,
  readers: Readonly<Record<string, FieldReader>>,
): Record<string, unknown> {
  const given = Object.entries(readers).filter(([field]) => written[field] !== undefined);
  return Object.fromEntries(
    given.map(([field, read]) => [
      field,
      read(written[field] as string, `--${field.replace(/[A-Z]/gu, (c) => `-${c.toLowerCase()}`)}`),
    ]),
  );
}

/** Names as they are written, each once, in lower case. */
export async function asNames(written: readonly string[]): Promise<readonly string[]> {
  return [...new Set(written.map((name) => name.toLowerCase()))];
}
