// Runs the tests that a newcomer can run in minutes: every *.test.ts under test/, save the slower suites, which run
// when they are named. `node test/run.mjs [PATH or part of a path]…` runs those alone. The runner's closing lines are
// the last that is printed. Fails when a test does, when a file holds no test, when a test that keeps one of the seed's
// faults away did not pass, and when there is nothing to run.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, freemem, tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { groupFiles, writeGroups } from "./group-files.mjs";
import { createReport } from "./report.mjs";
import { findLooseFaults } from "./seed-faults.mjs";

const SLOWER_SUITES = ["test/waves/", "test/lab/", "test/faults/", "test/bench/", "test/interop/", "test/package/"];
// What hangs fails: the longest that one process's files may take. The long form of the faults is one file with hours of nodes' time;
// the lab's emulated machines share the processors with whatever else runs.
const PROCESS_MINUTES = { "test/faults/": process.env.REVEILLE_FAULTS === "long" ? 90 : 5, "test/lab/": 20 };

/** What must be free in memory for the tests' files to lie there. */
const ROOM_BYTES = 4 * 1024 ** 3;
// Absolute: what runs in a test may stand in another folder.
const PACKAGES = new URL("../infra/load-packages.mjs", import.meta.url).href;

const root = fileURLToPath(new URL("..", import.meta.url));
const filters = process.argv.slice(2).map((filter) => toTreePath(filter));
const allFiles = readdirSync(join(root, "test"), { recursive: true })
  .map((name) => join("test", name).replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".test.ts"))
  .sort();
const files = allFiles.filter(isWanted);
// What CI runs, at another time.
const otherFiles = allFiles.filter((file) => !files.includes(file) && !file.startsWith("test/bench/"));

if (files.length === 0) {
  console.error(`no test file ${filters.length === 0 ? "under test/" : `matches ${filters.join(" ")}`}`);
  process.exit(1);
}
process.exitCode = await runTests();

/** A path as seen from the root; any other text stays as it is. */
function toTreePath(filter) {
  const path = relative(root, resolve(filter));
  return path.startsWith("test") ? path : filter;
}

function isWanted(file) {
  const isNamed = (part) => filters.some((filter) => filter.includes(part.slice(0, -1)));
  if (SLOWER_SUITES.some((suite) => file.startsWith(suite) && !isNamed(suite))) return false;
  return filters.length === 0 || filters.some((filter) => file.includes(filter));
}

function isOf(suite) {
  return (file) => file.startsWith(suite);
}

/**
 * A folder for all that the tests write, removed at the end: in memory where there is room. Databases by the hundred are
 * made and removed there in a third of the system's time that a disk's file system takes.
 */
function makeTemporaryFolder() {
  const memory = "/dev/shm";
  const folder = mkdtempSync(join(hasRoom(memory) ? memory : tmpdir(), "reveille-run-"));
  // Servers that root starts run as nobody, and reach what is theirs in it.
  chmodSync(folder, 0o711);
  return folder;
}

function hasRoom(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.min(bavail * bsize, freemem()) >= ROOM_BYTES;
  } catch {
    return false;
  }
}

/** Passes the output through, and resolves with the exit status. */
async function runTests() {
  const minutes = Object.entries(PROCESS_MINUTES).map(([suite, most]) => (files.some(isOf(suite)) ? most : 10));
  const timeoutMs = Math.max(...minutes) * 60_000;
  // Half of a test's time it waits; the slower suites, each with a site or more, want the processors for themselves.
  const isSlow = files.some((file) => SLOWER_SUITES.some((suite) => file.startsWith(suite)));
  const concurrency = Math.min(8, Math.max(2, availableParallelism() + (isSlow ? 0 : 2)));
  const options = ["--test-reporter=spec", `--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`];
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  environment.TMPDIR = makeTemporaryFolder();
  if (process.stdout.isTTY) environment.FORCE_COLOR ??= "1";
  const groups = groupFiles(files, (file) => isSlow || file.startsWith("test/site/"));
  const paths = writeGroups(join(environment.TMPDIR, "groups"), root, groups);
  const child = spawn(process.execPath, ["--import", PACKAGES, "--import", "tsx", "--test", ...options, ...paths], {
    cwd: root,
    env: environment,
    stdio: ["inherit", "pipe", "inherit"],
  });
  const ended = new Promise((settle) => child.once("close", (code) => settle(code ?? 1)));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  const report = createReport();
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    report.take(line);
  }
  const status = await ended;
  rmSync(environment.TMPDIR, { recursive: true, force: true, maxRetries: 5 });
  const unread = files.filter((file) => !report.passed.has(file));
  const notes = unread.map((file) =>
    report.emptyFiles.has(file) ? `no test ran in ${file}` : `${file} did not run to its end`,
  );
  notes.push(...findLooseFaults(root, report.passed, otherFiles));
  for (const note of notes) console.log(note);
  if (!report.isClosed() || notes.length > 0)
    for (const [name, count] of report.totals) console.log(`ℹ ${name} ${count}`);
  const isGood = notes.length === 0 && Number(report.totals.get("tests")) > 0;
  return status === 0 && !isGood ? 1 : status;
}
