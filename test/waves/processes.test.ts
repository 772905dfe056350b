import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readContext } from "../../bus/index.ts";
import { until } from "../infra/simulator/support/until.ts";
import { type CliProcess, runCli, startCli } from "../support/cli-process.ts";
import { type ProcessEntry, familyOf, listProcesses } from "../support/processes.ts";
import { documentOf } from "../support/site.ts";

let root = "";
before(() => (root = mkdtempSync(join(tmpdir(), "reveille-up-"))));
after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

interface RunningUp {
  readonly process: CliProcess;
  readonly contextFile: string;
  readonly ports: readonly number[];
  readonly family: readonly ProcessEntry[];
}

/** `reveille up` until it prints its last line, `nodes`. */
async function startUp(...more: readonly string[]): Promise<RunningUp> {
  const dir = join(root, "site");
  const process = startCli(["up", "--processes", "--nodes", "3", "--dir", dir, ...more], {
    cwd: root,
    limitMs: 120_000,
  });
  await process.line(/^ready in [\d.]+ s$/u);
  const nats = await process.line(/^ {2}nats /u);
  const boot = await process.line(/^ {2}boot /u);
  const contextFile = (await process.line(/^ {2}context /u)).replace(/^ *context */u, "");
  await process.line(/^ {2}nodes {4}pc\[1-3\]$/u);
  assert.equal(contextFile, join(dir, "context.json"));
  assert.equal((await readContext(contextFile)).url, nats.replace(/^ *nats */u, ""));
  const ports = [nats, boot].map((line) => Number(/:(\d+)/u.exec(line)![1]));
  return { process, contextFile, ports, family: familyOf(process.pid, dir) };
}

/** The agents' processes by their kinds, each a child of `up`. */
function agentsOf({ family, process }: RunningUp): readonly string[] {
  return family
    .filter(({ parent }) => parent === process.pid)
    .flatMap(({ commandLine }) => / agent (\w+) --config /u.exec(commandLine)?.[1] ?? [])
    .sort();
}

async function assertNothingIsLeft({ family, ports }: RunningUp): Promise<void> {
  const pids = new Set(family.map(({ pid }) => pid));
  await until(
    "the end of all that up started",
    () => listProcesses().filter(({ pid }) => pids.has(pid)).length === 0,
    20_000,
  );
  for (const port of ports) assert.equal(await isListening(port), false, `port ${port}`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

test("up gives each agent a process of its own, serves, and leaves nothing behind at SIGTERM", async () => {
  const up = await startUp("--replicas", "2");
  const replicated = ["reboot", "reboot", "registry", "reload", "reload"];
  assert.deepEqual(agentsOf(up), ["boot", ...replicated, "setup"]);
  for (const port of up.ports) assert.ok(await isListening(port), `port ${port}`);

  const line = ["reboot", "pc[1-3]", "--power-cycle", "--wait", "--json"];
  const end = await runCli(line, { cwd: root, contextFile: up.contextFile });
  assert.deepEqual({ status: end.status, code: documentOf(end).code }, { status: 0, code: 0 }, end.stderr);

  up.process.kill("SIGTERM");
  const { status, signal, stderr } = await up.process.ended;
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr);
  await assertNothingIsLeft(up);
});

test("up that is killed with -9 leaves nothing running", async () => {
  const up = await startUp();
  assert.deepEqual(agentsOf(up), ["boot", "reboot", "registry", "reload", "setup"]);
  up.process.kill("SIGKILL");
  assert.equal((await up.process.ended).signal, "SIGKILL");
  await assertNothingIsLeft(up);
});
