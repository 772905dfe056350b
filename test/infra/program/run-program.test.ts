import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { runProgram } from "../../../infra/program/index.ts";
import { endOfProcess, pidIn } from "./processes.ts";

const idle = (): AbortSignal => new AbortController().signal;
const script = (source: string): readonly [string, ...string[]] => [process.execPath, "-e", source];

test("a program's status and both its streams are told", async () => {
  const end = await runProgram(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"], {
    timeoutMs: 10_000,
    signal: idle(),
  });
  assert.deepEqual(end, { outcome: "exited", status: 3, stdout: "out\n", stderr: "err\n" });
});

test("a program reads what it is given and nothing else", async () => {
  const given = await runProgram(["/bin/cat"], { timeoutMs: 10_000, signal: idle(), stdin: "pc1\n" });
  const nothing = await runProgram(["/bin/cat"], { timeoutMs: 10_000, signal: idle() });
  assert.equal(given.outcome === "exited" && given.stdout, "pc1\n");
  assert.equal(nothing.outcome === "exited" && nothing.stdout, "");
});

test("a program sees none of our environment but PATH and HOME", async (t) => {
  process.env["REVEILLE_TEST_SECRET"] = "hush";
  t.after(() => delete process.env["REVEILLE_TEST_SECRET"]);
  const end = await runProgram(["/usr/bin/env"], { timeoutMs: 10_000, signal: idle() });
  assert.ok(end.outcome === "exited" && end.stdout.includes("PATH="));
  assert.ok(!end.stdout.includes("hush"));
});

test("more output than is kept is dropped without stopping the program", async () => {
  const end = await runProgram(script("process.stdout.write('x'.repeat(5_000_000), () => console.error('done'))"), {
    timeoutMs: 30_000,
    signal: idle(),
    maxOutputBytes: 10,
  });
  assert.deepEqual(end, { outcome: "exited", status: 0, stdout: "xxxxxxxxxx", stderr: "done\n" });
});

test("a missing program could not start", async () => {
  const end = await runProgram(["/nonexistent/program"], { timeoutMs: 10_000, signal: idle() });
  assert.equal(end.outcome, "could-not-start");
});

test("an argument list that the system refuses could not start", async () => {
  const end = await runProgram(["/bin/true", "x".repeat(4_000_000)], { timeoutMs: 10_000, signal: idle() });
  assert.equal(end.outcome, "could-not-start");
});

test("nothing starts when it is called off before", async () => {
  const end = await runProgram(["/bin/true"], { timeoutMs: 10_000, signal: AbortSignal.abort() });
  assert.equal(end.outcome, "could-not-start");
});

test("a program ended by a signal of somebody else's is told apart", async () => {
  const end = await runProgram(["/bin/sh", "-c", "kill -TERM $$"], { timeoutMs: 10_000, signal: idle() });
  assert.ok(end.outcome === "killed" && end.signal === "SIGTERM");
});

test("when time is up, the program and all that it started are killed", async () => {
  const end = await runProgram(["/bin/sh", "-c", "trap '' TERM INT; sleep 60 & echo $!; wait"], {
    timeoutMs: 1000,
    signal: idle(),
  });
  assert.equal(end.outcome, "timed-out");
  await endOfProcess(pidIn(end));
});

test("a program that is called off is killed with all that it started", async () => {
  const abort = new AbortController();
  const started = once(process, "SIGUSR2");
  const running = runProgram(["/bin/sh", "-c", "sleep 60 & echo $!; kill -USR2 $1; wait", "sh", String(process.pid)], {
    timeoutMs: 60_000,
    signal: abort.signal,
  });
  await started;
  abort.abort();
  const end = await running;
  assert.equal(end.outcome, "aborted");
  await endOfProcess(pidIn(end));
});

test("what a program leaves behind on its streams does not hold its end back", async (t) => {
  const end = await runProgram(["/bin/sh", "-c", "sleep 60 & echo $!"], { timeoutMs: 30_000, signal: idle() });
  t.after(() => process.kill(pidIn(end), "SIGKILL"));
  assert.ok(end.outcome === "exited" && end.status === 0);
});
