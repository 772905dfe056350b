import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { nkeys } from "@nats-io/transport-node";
import { commandTable } from "../../../agents/cli/command-table.ts";
import { defaultNodeTypeSettings, powerActions } from "../../../contracts/index.ts";
import { runLine } from "./run-line.ts";

const bin = fileURLToPath(new URL("../../../agents/cli/reveille.mjs", import.meta.url));

function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [bin, ...argv], { cwd: tmpdir(), env: { ...process.env, HOME: tmpdir(), ...env } });
}

async function run(...argv: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = start(argv);
  const exit = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  const [status] = (await exit) as [number | null];
  return { status, stdout, stderr };
}

/** A context for an address at which something listens that never says a word. */
async function silentSite(t: TestContext): Promise<{ contextFile: string; connected: Promise<unknown> }> {
  const server = createServer((socket) => socket.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const directory = await mkdtemp(join(tmpdir(), "reveille-cli-"));
  t.after(async () => {
    server.close();
    await rm(directory, { recursive: true });
  });
  const seed = new TextDecoder().decode(nkeys.createUser().getSeed());
  await writeFile(join(directory, "admin.seed"), seed, { mode: 0o600 });
  const { port } = server.address() as { port: number };
  const context = { site: "local", url: `nats://127.0.0.1:${port}`, user: "admin", keyFile: "admin.seed" };
  const contextFile = join(directory, "context.json");
  await writeFile(contextFile, JSON.stringify(context));
  return { contextFile, connected: once(server, "connection") };
}

describe("help teaches", () => {
  test("--help names every command with a sentence, and has examples", async () => {
    const { status, stdout, stderr } = await run("--help");
    assert.equal(status, 0);
    assert.equal(stderr, "");
    for (const { name, summary } of commandTable) {
      assert.match(stdout, new RegExp(`^ {2}${name} .*${summary}$`, "mu"));
    }
    assert.match(stdout, /^Examples:$/mu);
    assert.match(stdout, /^Exit status: /mu);
  });

  test("a command's help has its defaults and examples, and knows the contract's", async () => {
    const reboot = await run("reboot", "--help");
    assert.equal(reboot.status, 0);
    assert.match(reboot.stdout, new RegExp(`--wait-time[^]*usually ${defaultNodeTypeSettings.waitTimeS}\\)`, "u"));
    assert.match(reboot.stdout, /^Examples:$/mu);
    const power = await run("help", "power");
    assert.equal(power.status, 0);
    for (const action of powerActions) assert.match(power.stdout, new RegExp(`\\b${action}\\b`, "u"));
  });

  test("--version is the package's", async () => {
    const { status, stdout } = await run("--version");
    assert.equal(status, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/u);
  });
});

describe("a command line that cannot be read is exit status 255", () => {
  const table: readonly (readonly [argv: readonly string[], words: RegExp])[] = [
    [[], /Usage: reveille[^]*no command is named/u],
    [["rebot", "pc1"], /unknown command 'rebot'\n\(Did you mean reboot\?\)/u],
    [["reboot", "pc1", "--yess"], /unknown option '--yess'\n\(Did you mean --yes\?\)/u],
    [["wait"], /missing required argument 'op'/u],
  ];
  for (const [argv, words] of table) {
    test(`reveille ${argv.join(" ")}`, async () => {
      const { status, stdout, stderr } = await runLine(argv);
      assert.equal(status, 255);
      assert.equal(stdout, "");
      assert.match(stderr, words);
    });
  }

  test("as a process too", async () => {
    const { status, stdout, stderr } = await run("nodes", "--context", "/nonexistent.json");
    assert.equal(status, 255);
    assert.equal(stdout, "");
    assert.match(stderr, /cannot read context \/nonexistent.json/u);
  });

  test("with --json the refusal is a document on stdout", async () => {
    const { status, stdout } = await run("power", "--json");
    assert.equal(status, 255);
    const { detail, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
    assert.match(String(detail), /missing required argument 'action'/u);
    assert.deepEqual(rest, {
      op: null,
      verb: "power",
      user: null,
      code: -1,
      reason: "malformed-arguments",
      results: {},
    });
  });
});

test("Ctrl-C while the bus keeps silent ends at once, with exit status 254", async (t) => {
  const { contextFile, connected } = await silentSite(t);
  const child = start(["reboot", "pc1", "--context", contextFile]);
  const stderr = text(child.stderr!);
  await connected;
  child.kill("SIGINT");
  const [status] = (await once(child, "exit")) as [number | null];
  assert.equal(status, 254);
  assert.match(await stderr, /nothing was asked for/u);
});

test("a reader who leaves early is no crash", async () => {
  const child = start(["--help"]);
  child.stdout!.destroy();
  const stderr = text(child.stderr!);
  const [status] = (await once(child, "exit")) as [number | null];
  assert.equal(await stderr, "");
  assert.equal(status, 0);
});
