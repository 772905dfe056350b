import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { TestContext } from "node:test";

const ROOT = join(import.meta.dirname, "../..");
const TAKEN = [
  "tsconfig.json",
  "tsconfig.build.json",
  "infra/build",
  "infra/build.mjs",
  "infra/load-packages.mjs",
  "agents/cli/reveille.mjs",
];
const SOURCES = {
  "package.json": `{"type":"module"}`,
  "agents/cli/main.ts": `import { greet } from "../../contracts/greet.ts";
export async function main(argv: readonly string[]): Promise<void> {
  console.log(greet(argv), import.meta.url.slice(-7));
}`,
  "bus/index.ts": "export {};",
  "bus/gone.ts": "export const gone = 1;",
  "contracts/greet.ts": "export function greet(names: readonly string[]): string { return `hello ${names.join()}`; }",
  "infra/db/migrations/0000_tables.sql": "select 1;",
  "infra/db/migrations/meta/_journal.json": "{}",
  "infra/ipmi-js/index.ts": "export const suite: number = 17;",
  "infra/ipmi-js/cli/main.ts": `export { suite } from "../index.ts";`,
  "infra/ipmi-js/tsconfig.build.json": readFileSync(join(ROOT, "infra/ipmi-js/tsconfig.build.json"), "utf8"),
};

/** A checkout of a few small sources, with the real build and the real bin; built once, and copied for each test. */
const template = mkdtempSync(join(tmpdir(), "reveille-test-"));
before(() => {
  for (const path of TAKEN) cpSync(join(ROOT, path), join(template, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(template, "node_modules"));
  for (const [name, text] of Object.entries(SOURCES)) write(template, name, text);
  assert.deepEqual(build(template), { status: 0, said: "" });
});
after(() => rmSync(template, { recursive: true }));

function builtCheckout(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), "reveille-test-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  // With every file's time to the nanosecond: the stamp knows them.
  assert.equal(spawnSync("cp", ["-pR", `${template}/.`, root]).status, 0);
  return root;
}

function write(root: string, name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

function build(root: string, ...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout } = spawnSync(process.execPath, ["infra/build.mjs", ...args], { cwd: root, encoding: "utf8" });
  return { status, said: stdout };
}

function reveille(root: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, "agents/cli/reveille.mjs"), ...args], {
    cwd: tmpdir(),
    encoding: "utf8",
  });
  return (stdout + stderr).trim();
}

test("every workspace is compiled, with its types and the files that its code reads", (t) => {
  const root = builtCheckout(t);
  for (const name of [
    "dist/agents/cli/main.js",
    "dist/operator/main.js",
    "dist/contracts/greet.d.ts",
    "dist/infra/db/migrations/0000_tables.sql",
    "dist/infra/db/migrations/meta/_journal.json",
    "infra/ipmi-js/dist/index.js",
    "infra/ipmi-js/dist/index.d.ts",
  ]) {
    assert.ok(existsSync(join(root, name)), name);
  }
  assert.deepEqual(readdirSync(join(root, ".cache")), []);
  assert.match(readFileSync(join(root, "infra/ipmi-js/dist/.stamp"), "utf8"), /^\.\/index\.ts \d+ \d+/m);
  assert.match(readFileSync(join(root, "infra/ipmi-js/dist/cli/main.js"), "utf8"), /17/);
});

const changes: Record<string, (root: string) => void> = {
  "a source was written": (root) => appendFileSync(join(root, "contracts/greet.ts"), "\n"),
  "a source was removed": (root) => rmSync(join(root, "bus/index.ts")),
  "a source was added": (root) => write(root, "bus/added.ts", "export {};"),
  "a migration was added": (root) => write(root, "infra/db/migrations/0001_more.sql", "select 2;"),
  "the compiled code is gone": (root) => rmSync(join(root, "dist"), { recursive: true }),
};
for (const [what, change] of Object.entries(changes)) {
  test(`the bin takes the compiled code, and the source once ${what}`, (t) => {
    const root = builtCheckout(t);
    assert.equal(reveille(root, "a", "--b"), "hello a,--b main.js");
    change(root);
    assert.equal(reveille(root, "a", "--b"), "hello a,--b main.ts");
  });
}

test("the bin of a published package, which has no sources, takes the compiled code as it is", (t) => {
  const root = builtCheckout(t);
  for (const gone of ["agents/cli/main.ts", "bus", "contracts", "infra"]) {
    rmSync(join(root, gone), { recursive: true });
  }
  assert.equal(reveille(root), "hello  main.js");
});

test("what an operator runs is in few files; what hosts agents is run from where it was compiled to", (t) => {
  const root = builtCheckout(t);
  write(root, "dist/operator/main.js", `export function main() { console.log("few files"); }`);
  assert.equal(reveille(root, "nodes"), "few files");
  assert.equal(reveille(root, "up"), "hello up main.js");
  assert.equal(reveille(root, "agent", "reboot"), "hello agent,reboot main.js");
});

test("a second build replaces only what changed, and removes what has no source any more", (t) => {
  const root = builtCheckout(t);
  const kept = statSync(join(root, "dist/contracts/greet.js"));
  rmSync(join(root, "bus/gone.ts"));
  write(root, "bus/index.ts", "export const added = 1;");
  assert.equal(build(root).status, 0);
  assert.equal(statSync(join(root, "dist/contracts/greet.js")).ino, kept.ino);
  assert.match(readFileSync(join(root, "dist/bus/index.js"), "utf8"), /added/);
  assert.ok(!existsSync(join(root, "dist/bus/gone.js")));
  assert.equal(reveille(root, "a"), "hello a main.js");
});

test("sources that do not compile fail the build, and leave what was built", (t) => {
  const root = builtCheckout(t);
  write(root, "bus/index.ts", `export const count: number = "three";`);
  const { status, said } = build(root);
  assert.equal(status, 1);
  assert.match(said, /bus\/index\.ts\(1,14\): error TS2322/);
  assert.equal(readFileSync(join(root, "dist/bus/index.js"), "utf8"), "export {};\n");
  assert.equal(reveille(root, "a"), "hello a main.ts");
});
