import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";
import type { Credentials } from "./credentials.ts";

/**
 * A path to the same program that a child under these credentials can run. When the directories above it are closed
 * to that child (a checkout in /root), `root`, the folder that the program needs around it, is copied once to the
 * cache, which is root's and open to all; a copy is found again by the program's digest.
 */
export async function makeReachable(binary: string, root: string, credentials: Credentials): Promise<string> {
  if (credentials.uid === undefined || canRun(binary, credentials)) return binary;
  const digest = createHash("sha256")
    .update(await readFile(binary))
    .digest("hex")
    .slice(0, 16);
  const cache = await cacheDirectory();
  const copy = join(cache, `${basename(binary)}-${digest}`);
  const copiedBinary = join(copy, binary.slice(dirname(root).length));
  if (canRun(copiedBinary, credentials)) return copiedBinary;
  const draft = `${copy}.${randomBytes(6).toString("hex")}`;
  await mkdir(draft, { mode: 0o755 });
  await cp(root, join(draft, basename(root)), { recursive: true, verbatimSymlinks: true });
  // Two at once make the same copy: the second finds the first's in its place, and drops its own.
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  return copiedBinary;
}

function canRun(binary: string, credentials: Credentials): boolean {
  return spawnSync("/bin/sh", ["-c", 'test -x "$1"', "sh", binary], { cwd: "/", ...credentials }).status === 0;
}
