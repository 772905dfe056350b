// The faults of the originals (Emulab's node_reboot, os_load and os_setup) that must not come back, and the tests that keep
// them away: `seed-faults.json`, by fault, file and title. Whoever deletes, renames or skips one of those tests, or moves
// it where CI does not go, learns of it from the runner.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What is wrong with the table after a run, a sentence each. `passed` holds the titles that passed, by file, of the files
 * that ran; the tests of `otherFiles` run at another time.
 */
export function findLooseFaults(root, passed, otherFiles) {
  const table = JSON.parse(readFileSync(join(root, "test/seed-faults.json"), "utf8"));
  return Object.entries(table).flatMap(([fault, keptAwayBy]) => {
    const tests = Object.entries(keptAwayBy).flatMap(([file, titles]) => titles.map((title) => ({ file, title })));
    if (tests.length === 0) return [`no test keeps away '${fault}'`];
    return tests
      .filter(({ file, title }) => !otherFiles.includes(file) && passed.get(file)?.includes(title) !== true)
      .map(({ file, title }) => `'${title}' of ${file} did not pass: it keeps away '${fault}'`);
  });
}
