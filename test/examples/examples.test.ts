import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { InboxMessage, hasShape } from "../../contracts/index.ts";
import { startFakeLedger, ledgerAnswer, resultOf, startFakeReboot } from "../support/fake-agent.ts";
import { fromSource } from "../support/from-source.ts";
import { siteWith } from "../support/site.ts";
import { startTestBus } from "../support/test-bus.ts";

const site = siteWith({
  nodes: ["raw1", "raw2", "raw3", "load1", "boot1", "watch1", "away1", "lab1"].map((name) => ({ name })),
  images: [
    { name: "base", sizeMiB: 1 },
    { name: "gone", missing: true },
  ],
  experiments: [{ name: "demo/lab", nodes: ["lab1"], os: "gone" }],
});

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example as a person would: plain node for plain JavaScript, tsx for the others. */
async function run(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const file = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const loader = name.endsWith(".ts") ? fromSource : [];
  const child = spawn(process.execPath, [...loader, file, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, stdout, stderr };
}

async function runRaw(...args: readonly string[]): Promise<Run & { readonly messages: readonly InboxMessage[] }> {
  const { status, stdout, stderr } = await run("raw-nats.mjs", args);
  const messages = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as unknown]));
  return {
    ...{ status, stdout, stderr },
    messages: messages.map((message) => {
      assert.ok(hasShape(InboxMessage, message), JSON.stringify(message));
      return message;
    }),
  };
}

describe("the raw NATS example on a whole site", () => {
  test("reads the power of nodes and exits with 0", async () => {
    const { status, messages, stderr } = await runRaw(site.contextFileOf("admin"), "power-status", "raw1", "raw2");
    assert.equal(status, 0, stderr);
    assert.equal(messages[0]?.kind, "accepted");
    const ended = messages.flatMap((message) => (message.kind === "events" ? message.events : []));
    const nodes = ended.filter(({ kind }) => kind === "result").map(({ node }) => node);
    assert.deepEqual(nodes.sort(), ["raw1", "raw2"]);
  });

  test("reboots a node", async () => {
    const { status, messages, stderr } = await runRaw(site.contextFileOf("admin"), "reboot", "raw3");
    assert.equal(status, 0, stderr);
    assert.ok(messages.some(({ kind }) => kind === "events"));
  });

  test("exits with 255 when the command is refused, and shows why", async () => {
    const { status, messages } = await runRaw(site.contextFileOf("admin"), "reboot", "raw1", "nowhere");
    assert.equal(status, 255);
    const last = messages.at(-1);
    assert.ok(last?.kind === "rejected");
    assert.equal(last.reason, "node-unknown");
  });
});

/** Each with nodes of its own, so that they may run at once. */
describe("the library's examples", { concurrency: 2 }, () => {
  const context = () => site.contextFileOf("admin");

  test("os-setup loads and reboots at the same time, in the seed's words", async () => {
    const env = { REVEILLE_CONTEXT: context() };
    const { status, stdout, stderr } = await run("os-setup.ts", ["base", "load1", "boot1"], env);
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.trim().split("\n"), ["load1: succeeded (isup)", "boot1: succeeded (isup)", "codes: 0, 0"]);
  });

  test("os-setup is told of an image without a file at once, and reboots the others", async () => {
    const env = { REVEILLE_CONTEXT: context() };
    const { status, stdout, stderr } = await run("os-setup.ts", ["gone", "raw1", "raw2"], env);
    assert.equal(status, 1, stderr);
    assert.match(stdout, /^raw1: failed \(image-file-missing\)\nraw2: succeeded \(isup\)\ncodes: 1, 0$/mu);
  });

  test("watch-reload prints each step and what was written, and one result a node", async () => {
    const { status, stdout, stderr } = await run("watch-reload.ts", [context(), "base", "watch1"]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^watch1: reboot \(attempt 1\)$/mu);
    assert.equal(stdout.match(/^watch1: succeeded \(isup\)$/gmu)?.length, 1, stdout);
    assert.match(stdout, /\ncode: 0\n$/u);
  });

  test("detach-attach begins in one process, and finds the end from another", async () => {
    const begun = await run("detach-attach.ts", [context(), "begin", "away1"]);
    assert.equal(begun.status, 0, begun.stderr);
    const waited = await run("detach-attach.ts", [context(), "wait", begun.stdout.trim()]);
    assert.deepEqual([waited.status, waited.stdout], [0, "away1: succeeded (isup)\ncode: 0\n"], waited.stderr);
  });

  test("setup-experiment prints the plan, and does not try again what is futile", async () => {
    const { status, stdout, stderr } = await run("setup-experiment.ts", [context(), "demo/lab"]);
    assert.equal(status, 1, stderr);
    assert.match(stdout, /^lab1: reload gone, about \d+ s$/mu);
    assert.match(stdout, /^lab1: failed \(image-file-missing\)\ntry 1: code 1; retry: futile\n$/mu);
    assert.doesNotMatch(stdout, /try 2/u);
  });
});

describe("the raw NATS example", { concurrency: 2 }, () => {
  test("exits with 255 at once when nobody listens, or when it is called wrongly", async () => {
    await using bus = await startTestBus();
    const context = await bus.writeContext("alice");
    assert.match((await runRaw(context, "reboot", "pc1")).stderr, /no agent is listening/);
    assert.match((await runRaw(context, "explode", "pc1")).stderr, /^usage:/);
    assert.equal((await runRaw(context, "reboot")).status, 255);
  });

  test("learns from the ledger what its inbox did not bring, and counts what failed", async () => {
    await using bus = await startTestBus();
    const known = new Map<string, ReturnType<typeof ledgerAnswer>>();
    await startFakeReboot(bus, ({ to }) => {
      known.set(to.op, ledgerAnswer(to.op, 2, { pc1: resultOf("failed"), pc2: resultOf("succeeded") }));
    });
    await startFakeLedger(bus, known);
    const { status, stderr } = await runRaw(await bus.writeContext("alice"), "reboot", "pc1", "pc2");
    assert.equal(status, 1, stderr);
  });
});
