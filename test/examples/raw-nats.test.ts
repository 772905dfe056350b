import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { defaultFleet, planSite } from "../../agents/cli/up/fleet-file.ts";
import { type EmbeddedSite, startSite } from "../../agents/cli/up/start-site.ts";
import { createLog } from "../../agents/runtime/log.ts";
import { InboxMessage, hasShape } from "../../contracts/index.ts";
import { startFakeLedger, ledgerAnswer, resultOf, startFakeReboot } from "../support/fake-agent.ts";
import { startTestBus } from "../support/test-bus.ts";

const example = fileURLToPath(new URL("../../examples/raw-nats.mjs", import.meta.url));

interface Run {
  readonly status: number | null;
  readonly messages: readonly InboxMessage[];
  readonly stderr: string;
}

/** Runs the example as a person would: plain node, no loader. */
async function runExample(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [example, ...args], { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  const messages = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as unknown]));
  return {
    status,
    stderr,
    messages: messages.map((message) => {
      assert.ok(hasShape(InboxMessage, message), JSON.stringify(message));
      return message;
    }),
  };
}

describe("the raw NATS example on a whole site", () => {
  const dir = mkdtempSync(join(tmpdir(), "reveille-raw-"));
  let site: EmbeddedSite;
  before(async () => {
    site = await startSite({ dir, plan: planSite(defaultFleet(3)), log: createLog("test", "silent"), durable: false });
  });
  after(async () => {
    await site.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  test("reads the power of nodes and exits with 0", async () => {
    const { status, messages, stderr } = await runExample(site.contextFile, "power-status", "pc1", "pc2");
    assert.equal(status, 0, stderr);
    assert.equal(messages[0]?.kind, "accepted");
    const ended = messages.flatMap((message) => (message.kind === "events" ? message.events : []));
    const nodes = ended.filter(({ kind }) => kind === "result").map(({ node }) => node);
    assert.deepEqual(nodes.sort(), ["pc1", "pc2"]);
  });

  test("reboots a node", async () => {
    const { status, messages, stderr } = await runExample(site.contextFile, "reboot", "pc3");
    assert.equal(status, 0, stderr);
    assert.ok(messages.some(({ kind }) => kind === "events"));
  });

  test("exits with 255 when the command is refused, and shows why", async () => {
    const { status, messages } = await runExample(site.contextFile, "reboot", "pc1", "nowhere");
    assert.equal(status, 255);
    const last = messages.at(-1);
    assert.ok(last?.kind === "rejected");
    assert.equal(last.reason, "node-unknown");
  });
});

describe("the raw NATS example", { concurrency: 2 }, () => {
  test("exits with 255 at once when nobody listens, or when it is called wrongly", async () => {
    await using bus = await startTestBus();
    const context = await bus.writeContext("alice");
    assert.match((await runExample(context, "reboot", "pc1")).stderr, /no agent is listening/);
    assert.match((await runExample(context, "explode", "pc1")).stderr, /^usage:/);
    assert.equal((await runExample(context, "reboot")).status, 255);
  });

  test("learns from the ledger what its inbox did not bring, and counts what failed", async () => {
    await using bus = await startTestBus();
    const known = new Map<string, ReturnType<typeof ledgerAnswer>>();
    await startFakeReboot(bus, ({ to }) => {
      known.set(to.op, ledgerAnswer(to.op, 2, { pc1: resultOf("failed"), pc2: resultOf("succeeded") }));
    });
    await startFakeLedger(bus, known);
    const { status, stderr } = await runExample(await bus.writeContext("alice"), "reboot", "pc1", "pc2");
    assert.equal(status, 1, stderr);
  });
});
