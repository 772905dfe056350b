import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DirectoryInUseError } from "../errors.ts";
import { isSameProcessAlive, parseProcessBirth, readProcessBirth } from "./process-birth.ts";

/** A directory that this process alone may work in, until it is released or the process ends, however it ends. */
export interface DirectoryLock extends AsyncDisposable {
  readonly directory: string;
  release(): Promise<void>;
}

/**
 * Takes a directory (made with mode 0700 when missing) for this process.
 *
 * The highest of the files `lock.1`, `lock.2`, … names the owner's pid and birth, or is empty once released. Who finds
 * its owner gone makes the next one, which only one can, and then removes the lower ones. The highest is never removed
 * and numbers never return, so that a contender who was slow to act on what it had read sees that it came too late.
 *
 * @throws DirectoryInUseError when the owner lives, this very process included.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const folder = resolve(directory);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = await writeDraft(folder, JSON.stringify(readProcessBirth(process.pid)));
  try {
    for (;;) {
      const [highest = 0] = await listGenerations(folder);
      await refuseIfOwned(folder, highest);
      const own = highest + 1;
      if (!(await linkUnlessTaken(draft, lockPath(folder, own)))) continue;
      const [winner, ...lower] = await listGenerations(folder);
      if (winner !== own) {
        await rm(lockPath(folder, own), { force: true });
        continue;
      }
      for (const generation of lower) await rm(lockPath(folder, generation), { force: true });
      return createLock(folder, own);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

function createLock(folder: string, generation: number): DirectoryLock {
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> =>
    (released ??= writeDraft(folder, "").then(async (empty) => rename(empty, lockPath(folder, generation))));
  return { directory: folder, release, [Symbol.asyncDispose]: release };
}

function lockPath(folder: string, generation: number): string {
  return join(folder, `lock.${generation}`);
}

/** Highest first. */
async function listGenerations(folder: string): Promise<number[]> {
  const generations = (await readdir(folder)).map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? NaN));
  return generations.filter(Number.isSafeInteger).sort((a, b) => b - a);
}

async function refuseIfOwned(folder: string, generation: number): Promise<void> {
  const owner = parseProcessBirth(await readFile(lockPath(folder, generation), "utf8").catch(() => ""));
  if (owner !== undefined && isSameProcessAlive(owner)) throw new DirectoryInUseError(folder, owner.pid);
}

async function writeDraft(folder: string, text: string): Promise<string> {
  const draft = join(folder, `lock.draft.${randomBytes(6).toString("hex")}`);
  await writeFile(draft, text, { mode: 0o600, flag: "wx" });
  return draft;
}

async function linkUnlessTaken(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
