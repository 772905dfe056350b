// Reads what the runner's spec reporter prints: which tests passed, by file, and the closing lines.

/**
 * Takes the report line by line. Files are its suites of the outermost level, named by their paths, as `group-files.mjs`
 * writes them.
 */
export function createReport() {
  const passed = new Map();
  const emptyFiles = new Set();
  const totals = new Map();
  const open = new Set();
  let titles = [];
  let isClosed = false;
  return {
    /** The titles of the tests that passed, by file: neither skipped nor to be done, and no suites that hold others. */
    passed,
    /** The files in which there is no test. */
    emptyFiles,
    /** The closing lines' names with their numbers. */
    totals,
    /** Whether the closing lines are the last that came. */
    isClosed: () => isClosed,
    take(line) {
      const plain = line.replace(/\u001b\[[0-9;]*m/g, "");
      const total = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/.exec(plain);
      if (total !== null) totals.set(total[1], total[2]);
      isClosed = total !== null || (isClosed && plain === "");
      const [, indent, mark, title, time] = /^( *)([▶✔✖]) (.*?)( \([\d.]+ms\))?$/.exec(plain) ?? [];
      if (mark === undefined) return;
      // A suite has a line before what it holds, and one after that with its time.
      if (time === undefined) return void open.add(indent + title);
      const isSuite = open.delete(indent + title);
      if (isSuite && indent === "") titles = void passed.set(title, titles) ?? [];
      else if (!isSuite && mark === "✔") indent === "" ? emptyFiles.add(title) : titles.push(title);
    },
  };
}
