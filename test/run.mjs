// Runs the tests that a newcomer can run in minutes: every *.test.ts under test/, save the slower suites, which run
// when they are named. `node test/run.mjs [PATH or part of a path]…` runs those alone. The runner's closing lines are
// the last that is printed. Fails when a test does, when a file holds no test, and when there is nothing to run.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, freemem, tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SLOWER_SUITES = ["test/waves/", "test/lab/", "test/faults/", "test/bench/", "test/interop/", "test/package/"];
// What hangs fails: the longest that one file may take. The long form of the faults is one file with hours of nodes' time;
// the lab's emulated machines share the processors with whatever else runs.
const FILE_MINUTES = { "test/faults/": process.env.REVEILLE_FAULTS === "long" ? 90 : 5, "test/lab/": 20 };

/** What must be free in memory for the tests' files to lie there. */
const ROOM_BYTES = 4 * 1024 ** 3;
// Absolute: what runs in a test may stand in another folder.
const PACKAGES = new URL("../infra/load-packages.mjs", import.meta.url).href;

const root = fileURLToPath(new URL("..", import.meta.url));
const filters = process.argv.slice(2).map((filter) => toTreePath(filter));
const files = readdirSync(join(root, "test"), { recursive: true })
  .map((name) => join("test", name).replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".test.ts") && isWanted(file))
  .sort();

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
  const minutes = Object.entries(FILE_MINUTES).map(([suite, most]) => (files.some(isOf(suite)) ? most : 5));
  const timeoutMs = Math.max(...minutes) * 60_000;
  // Half of a test's time it waits; the slower suites, each with a site or more, want the processors for themselves.
  const isSlow = files.some((file) => SLOWER_SUITES.some((suite) => file.startsWith(suite)));
  const concurrency = Math.min(8, Math.max(2, availableParallelism() + (isSlow ? 0 : 2)));
  const options = ["--test-reporter=spec", `--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`];
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  environment.TMPDIR = makeTemporaryFolder();
  if (process.stdout.isTTY) environment.FORCE_COLOR ??= "1";
  const child = spawn(process.execPath, ["--import", PACKAGES, "--import", "tsx", "--test", ...options, ...files], {
    cwd: root,
    env: environment,
    stdio: ["inherit", "pipe", "inherit"],
  });
  const ended = new Promise((settle) => child.once("close", (code) => settle(code ?? 1)));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  const totals = new Map();
  const emptyFiles = new Set();
  let isClosed = false;
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    const plain = line.replace(/\u001b\[[0-9;]*m/g, "");
    const total = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/.exec(plain);
    if (total !== null) totals.set(total[1], total[2]);
    isClosed = total !== null || (isClosed && plain === "");
    // A file in which no test ran is counted by the runner as a test of the file's name.
    const passed = /^✔ (.*\.test\.ts) \(/.exec(plain)?.[1];
    if (passed !== undefined) emptyFiles.add(relative(root, resolve(root, passed)));
  }
  const status = await ended;
  rmSync(environment.TMPDIR, { recursive: true, force: true, maxRetries: 5 });
  const notes = files.filter((file) => emptyFiles.has(file)).map((file) => `no test ran in ${file}`);
  for (const note of notes) console.log(note);
  if (!isClosed || notes.length > 0) for (const [name, count] of totals) console.log(`ℹ ${name} ${count}`);
  const isEmpty = notes.length > 0 || !(Number(totals.get("tests")) > 0);
  return status === 0 && isEmpty ? 1 : status;
}
