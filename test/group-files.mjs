// Parts test files into processes. To start, a process that runs from source takes 1.5 s of a processor, more than most
// files' tests: those of one subject share a process, each file a suite in it, one after the other.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The files by process: what `hasOwnProcess` first, since that takes longest, then by the top folder, in agents/ and infra/
 * the one below; the largest first.
 */
export function groupFiles(files, hasOwnProcess) {
  const bySubject = new Map();
  for (const file of files.filter((file) => !hasOwnProcess(file)))
    bySubject.set(subjectOf(file), [...(bySubject.get(subjectOf(file)) ?? []), file]);
  const shared = [...bySubject.values()].sort((one, other) => other.length - one.length);
  return [...files.filter(hasOwnProcess).map((file) => [file]), ...shared];
}

/** Writes what each process runs, and gives the paths. The runner takes files by their names' order: the groups' own. */
export function writeGroups(folder, root, groups) {
  mkdirSync(folder);
  return groups.map((files, index) => {
    const suites = files.map((file) => {
      const [name, url] = [file, pathToFileURL(join(root, file)).href].map((text) => JSON.stringify(text));
      return `describe(${name}, () => import(${url}));`;
    });
    const path = join(folder, `${String(index).padStart(3, "0")}.mjs`);
    writeFileSync(path, [`import { describe } from "node:test";`, ...suites, ""].join("\n"));
    return path;
  });
}

function subjectOf(file) {
  const [, top, below] = file.split("/");
  return top === "agents" || top === "infra" ? join(top, below) : top;
}
