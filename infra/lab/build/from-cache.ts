import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../embedded/index.ts";

/**
 * A folder whose contents follow from `inputs` alone: made once, in the cache of this machine, and read by all. Two that
 * make the same at once both succeed; one that dies in the midst leaves nothing that is taken for whole.
 */
export async function fromCache(
  name: string,
  inputs: readonly (string | Buffer)[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash("sha256");
  for (const input of inputs) digest.update(`${input.length}\n`).update(input);
  const parent = await cacheDirectory();
  const folder = join(parent, `${name}-${digest.digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const draft = await mkdtemp(join(parent, `.${name}-`));
  try {
    await make(draft);
    await rename(draft, folder);
  } catch (error) {
    // Somebody else was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** The names and contents of these files, as inputs. */
export async function contentsOf(files: readonly string[]): Promise<readonly (string | Buffer)[]> {
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return files.flatMap((file, index) => [file, contents[index] ?? ""]);
}
