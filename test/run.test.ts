import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

const GOOD = `import { test } from "node:test"; test("good", () => {});`;
const BAD = `import { test } from "node:test"; test("bad", () => { throw new Error("no"); });`;

/** Runs the runner on a tree of its own. */
function run(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  { filters = [], seedFaults = {} }: { readonly filters?: readonly string[]; readonly seedFaults?: object } = {},
): { readonly status: number | null; readonly lines: readonly string[] } {
  const root = mkdtempSync(join(tmpdir(), "reveille-test-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "test"));
  mkdirSync(join(root, "infra"));
  for (const program of ["run.mjs", "group-files.mjs", "report.mjs", "seed-faults.mjs"])
    cpSync(join(import.meta.dirname, program), join(root, "test", program));
  // Nothing here needs the packages of many modules.
  writeFileSync(join(root, "infra/load-packages.mjs"), "");
  writeFileSync(join(root, "test/seed-faults.json"), JSON.stringify(seedFaults));
  symlinkSync(join(import.meta.dirname, "../node_modules"), join(root, "node_modules"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, "test", dirname(name)), { recursive: true });
    writeFileSync(join(root, "test", name), text);
  }
  const options = { cwd: root, encoding: "utf8", env: { ...process.env, FORCE_COLOR: "0" } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["test/run.mjs", ...filters], options);
  return { status, lines: (stdout + stderr).trim().split("\n") };
}

function total(lines: readonly string[], name: string): string | undefined {
  return lines.findLast((line) => line.startsWith(`ℹ ${name} `))?.split(" ")[2];
}

test("all tests of a newcomer run, at any depth; the slower suites do not", (t) => {
  const files = { "a.test.ts": GOOD, "b/c/d.test.ts": GOOD, "lab/e.test.ts": BAD, "faults/f.test.ts": BAD };
  const { status, lines } = run(t, files);
  assert.equal(status, 0);
  assert.equal(total(lines, "tests"), "2");
});

test("a slower suite runs when it is named", (t) => {
  const { status, lines } = run(t, { "a.test.ts": GOOD, "faults/f.test.ts": BAD }, { filters: ["test/faults"] });
  assert.equal(status, 1);
  assert.equal(total(lines, "tests"), "1");
});

test("filters are paths or parts of one", (t) => {
  const files = { "a.test.ts": GOOD, "b/c.test.ts": GOOD, "b/d.test.ts": GOOD, "e.test.ts": BAD };
  const { status, lines } = run(t, files, { filters: ["./test/a.test.ts", "b/c"] });
  assert.equal(status, 0);
  assert.equal(total(lines, "tests"), "2");
});

test("a failed test fails the run, and the totals are the last lines all the same", (t) => {
  const { status, lines } = run(t, { "a.test.ts": GOOD, "b.test.ts": BAD });
  assert.equal(status, 1);
  assert.deepEqual([total(lines, "pass"), total(lines, "fail")], ["1", "1"]);
  assert.match(lines.at(-1) ?? "", /^ℹ duration_ms/);
});

test("a file that cannot be loaded, or ends its process, fails the run by name", (t) => {
  const files = { "a.test.ts": `import "./missing.ts";`, "b/a.test.ts": `process.exit(0);`, "b/b.test.ts": GOOD };
  const { status, lines } = run(t, files);
  assert.equal(status, 1);
  for (const file of Object.keys(files)) assert.ok(lines.includes(`test/${file} did not run to its end`), file);
});

test("a file in which no test ran fails the run by name", (t) => {
  const { status, lines } = run(t, { "a.test.ts": GOOD, "b.test.ts": "export {};" });
  assert.equal(status, 1);
  assert.ok(lines.includes("no test ran in test/b.test.ts"));
  assert.match(lines.at(-1) ?? "", /^ℹ duration_ms/);
});

test("a test that keeps one of the seed's faults away must pass, if not in this run then in another of CI's", (t) => {
  const skipped = `import { describe, test } from "node:test"; test.skip("skipped"); test.todo("to do"); describe("suite", () => test("in it", () => {}));`;
  const seedFaults = {
    kept: { "test/a.test.ts": ["good"], "test/waves/d.test.ts": ["good"] },
    forgotten: {},
    loose: {
      "test/a.test.ts": ["renamed"],
      "test/b.test.ts": ["skipped", "to do", "suite", "in it"],
      "test/bench/c.test.ts": ["good"],
      "test/gone.test.ts": ["good"],
    },
  };
  const files = { "a.test.ts": GOOD, "b.test.ts": skipped, "bench/c.test.ts": GOOD, "waves/d.test.ts": GOOD };
  const { status, lines } = run(t, files, { seedFaults });
  assert.equal(status, 1);
  assert.deepEqual(
    lines.filter((line) => line.includes("away 'forgotten'") || line.includes("away 'loose'")),
    [
      "no test keeps away 'forgotten'",
      ...[
        ["renamed", "a"],
        ...["skipped", "to do", "suite"].map((title) => [title, "b"]),
        ["good", "bench/c"],
        ["good", "gone"],
      ].map(([title, file]) => `'${title}' of test/${file}.test.ts did not pass: it keeps away 'loose'`),
    ],
  );
  assert.ok(!lines.some((line) => line.includes("'kept'")));
  assert.match(lines.at(-1) ?? "", /^ℹ duration_ms/);
});

test("CI runs every slower suite", () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");
  const suites = /SLOWER_SUITES = (\[.*\])/.exec(read("test/run.mjs"))?.[1] ?? "[]";
  for (const suite of JSON.parse(suites) as string[])
    if (suite !== "test/bench/") assert.match(read(".ci/run"), new RegExp(`test[/:]${suite.split("/")[1]}\\b`));
});

test("nothing to run is a failure", (t) => {
  assert.deepEqual(run(t, {}), { status: 1, lines: ["no test file under test/"] });
  assert.deepEqual(run(t, { "a.test.ts": GOOD }, { filters: ["zzz"] }), {
    status: 1,
    lines: ["no test file matches zzz"],
  });
});
