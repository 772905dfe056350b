import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Makes one tree like another while somebody may be reading it: files that are the same are left alone, each other one
 * is replaced whole, and what is no longer wanted goes last.
 */
export function syncTree(from, to) {
  const wanted = listFiles(from);
  mkdirSync(to, { recursive: true });
  for (const file of wanted) replaceFile(join(from, file), join(to, file));
  const isWanted = new Set(wanted);
  for (const file of listFiles(to)) if (!isWanted.has(file)) rmSync(join(to, file), { force: true });
}

function replaceFile(from, to) {
  if (isSame(from, to)) return;
  mkdirSync(dirname(to), { recursive: true });
  const draft = `${to}.${randomBytes(6).toString("hex")}`;
  copyFileSync(from, draft);
  renameSync(draft, to);
}

function isSame(one, other) {
  try {
    return readFileSync(one).equals(readFileSync(other));
  } catch {
    return false;
  }
}

function listFiles(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  // Node 20 before 20.12 calls an entry's folder `path`.
  const places = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
  return places.map((place) => place.slice(folder.length + 1));
}
