import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ProbeFailedError, createLiveness } from "../../../infra/liveness/index.ts";

const liveness = createLiveness();
const target = { address: "127.0.0.1", probe: "icmp" } as const;
const options = () => ({ timeoutMs: 5000, signal: new AbortController().signal });
const silentStatus = process.platform === "linux" ? 1 : 2;

/** Puts a program called `ping` before the system's, which a machine may lack, or let nobody use. */
async function usePing(t: TestContext, script: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "reveille-ping-"));
  const { PATH } = process.env;
  process.env["PATH"] = `${directory}:${PATH ?? ""}`;
  t.after(async () => {
    process.env["PATH"] = PATH;
    await rm(directory, { recursive: true });
  });
  await writeFile(join(directory, "ping"), `#!/bin/sh\n${script}\n`);
  await chmod(join(directory, "ping"), 0o755);
}

test("an echo that comes back is an answer to one ping without name look-ups", async (t) => {
  await usePing(t, `[ "$1 $2 $3 $4" = "-n -c 1 -W" ] && [ "$6" = 127.0.0.1 ] && [ $# = 6 ]`);
  assert.equal(await liveness.probe(target, options()), true);
});

test("an echo that does not come back is none", async (t) => {
  await usePing(t, `exit ${silentStatus}`);
  assert.equal(await liveness.probe(target, options()), false);
});

test("a ping that outlasts its time is no answer", async (t) => {
  await usePing(t, "sleep 60");
  assert.equal(await liveness.probe(target, { ...options(), timeoutMs: 100 }), false);
});

test("a node that no route leads to does not answer", async (t) => {
  await usePing(t, "echo 'ping: connect: Network is unreachable' >&2; exit 2");
  assert.equal(await liveness.probe(target, options()), false);
});

test("a ping that may not send its echo says nothing about the node", async (t) => {
  await usePing(t, "echo 'ping: socket: Operation not permitted' >&2; exit 77");
  await assert.rejects(liveness.probe(target, options()), ProbeFailedError);
});

test("a missing ping says nothing about the node", async (t) => {
  const { PATH } = process.env;
  process.env["PATH"] = "/nonexistent";
  t.after(() => (process.env["PATH"] = PATH));
  await assert.rejects(liveness.probe(target, options()), ProbeFailedError);
});

test("an address that is an option is not given to ping", async () => {
  await assert.rejects(liveness.probe({ address: "-f", probe: "icmp" }, options()), ProbeFailedError);
});
