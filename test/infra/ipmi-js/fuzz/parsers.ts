import { readdir } from "node:fs/promises";

/** A function that makes something of bytes, or `undefined`. */
export interface Parser {
  readonly name: string;
  readonly parse: (bytes: Uint8Array) => unknown;
}

const IS_PARSER = / (decode|isRmcpPlus$|readRmcpClass$)/;
const library = new URL("../../../../infra/ipmi-js/", import.meta.url);

/** Every parser of `wire/` and `commands/`, found by its name: one that is added is fuzzed without further ado. */
export async function findParsers(): Promise<readonly Parser[]> {
  const parsers: Parser[] = [];
  for (const folder of ["wire/", "commands/"]) {
    const files = await readdir(new URL(folder, library), { recursive: true });
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const module = (await import(new URL(folder + file, library).href)) as Readonly<Record<string, unknown>>;
      for (const [name, value] of Object.entries(module)) parsers.push(...parsersOf(`${file} ${name}`, value));
    }
  }
  return parsers;
}

function parsersOf(name: string, value: unknown): readonly Parser[] {
  if (typeof value === "function") {
    return IS_PARSER.test(name) ? [{ name, parse: value as Parser["parse"] }] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return ["decodeRequest", "decodeResponse"].flatMap((method) => {
    const parse = (value as Readonly<Record<string, unknown>>)[method];
    return typeof parse === "function"
      ? [{ name: `${name}.${method}`, parse: parse.bind(value) as Parser["parse"] }]
      : [];
  });
}
