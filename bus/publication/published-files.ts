import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { asyncApiDocument } from "./asyncapi.ts";
import { filledIn } from "./guide-tables.ts";
import { reasonsPage } from "./reasons-page.ts";
import { schemaFiles } from "./schema-files.ts";
import { signingVectors } from "./signing-vectors.ts";

/** Where the contracts are published. */
export const publishedFolder = fileURLToPath(new URL("../../docs/contracts/", import.meta.url));

/** The guide: the one published file that is written by hand, but for its tables. */
const guideFile = "README.md";

/** Every file of docs/contracts as it should be, by its path there. The same contracts give the same bytes. */
export async function publishedFiles(): Promise<ReadonlyMap<string, string>> {
  const guide = await readFile(join(publishedFolder, guideFile), "utf8");
  return new Map([
    [guideFile, filledIn(guide)],
    ["reasons.md", reasonsPage()],
    ["asyncapi.json", `${JSON.stringify(asyncApiDocument(await versionOfPackage()), null, 2)}\n`],
    ["signing.json", `${JSON.stringify(signingVectors(), null, 2)}\n`],
    ...schemaFiles(),
  ]);
}

async function versionOfPackage(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** What `npm run contracts` must write and remove, given what is there. */
export function publicationPlan(
  wanted: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string>,
): { readonly write: readonly string[]; readonly remove: readonly string[] } {
  return {
    write: [...wanted].filter(([path, text]) => present.get(path) !== text).map(([path]) => path),
    remove: [...present.keys()].filter((path) => !wanted.has(path)),
  };
}

/** What is published now. */
export async function readPublished(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(publishedFolder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.map(async (path) => [slashed(relative(publishedFolder, path)), await readFile(path, "utf8")] as const),
    ),
  );
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}
