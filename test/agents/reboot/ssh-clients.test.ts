import assert from "node:assert/strict";
import { test } from "node:test";
import { NotBegunError, createSshClients } from "../../../agents/reboot/ssh-clients.ts";
import type { Ssh, SshOutcome, SshTarget } from "../../../infra/ssh/index.ts";

const targetOf = (node: string): SshTarget => ({ node, address: "127.0.0.1", hostKey: undefined });
const succeeded: SshOutcome = { outcome: "exited", status: 0, stdout: "", stderr: "" };

/** A client that runs until it is told to end; `first` settles when it runs. */
function heldClient() {
  const begun: string[] = [];
  let end: () => void = () => undefined;
  let tell: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (tell = resolve));
  const ssh: Ssh = {
    run: ({ node }) => {
      begun.push(node);
      tell();
      return new Promise((resolve) => (end = () => resolve(succeeded)));
    },
  };
  return { ssh, begun, first, end: () => end() };
}

test("a command that waits for a client is left at once, and never runs", async () => {
  const client = heldClient();
  const clients = createSshClients(client.ssh, 1);
  const cancel = new AbortController();
  const options = {
    timeoutMs: 1_000,
    connectMs: 1_000,
    signal: new AbortController().signal,
    leaveSignal: cancel.signal,
    mayBegin: () => true,
  };
  const first = clients.run(targetOf("pc1"), "reboot", options);
  const second = clients.run(targetOf("pc2"), "reboot", options);
  await client.first;
  cancel.abort(new Error("cancelled"));

  await assert.rejects(second, NotBegunError);
  client.end();
  assert.deepEqual(await first, succeeded);
  assert.deepEqual(client.begun, ["pc1"]);
});

test("a command that came after the cancel does not run", async () => {
  const { ssh, begun } = heldClient();
  const leaveSignal = AbortSignal.abort(new Error("cancelled"));
  const { signal } = new AbortController();
  const options = { timeoutMs: 1_000, connectMs: 1_000, signal, leaveSignal, mayBegin: () => true };

  await assert.rejects(createSshClients(ssh, 1).run(targetOf("pc1"), "reboot", options), NotBegunError);
  assert.deepEqual(begun, []);
});

test("a command whose turn comes when it may not begin any more does not run", async () => {
  const client = heldClient();
  const clients = createSshClients(client.ssh, 1);
  const { signal } = new AbortController();
  let mayBegin = true;
  const options = { timeoutMs: 1_000, connectMs: 1_000, signal, leaveSignal: signal, mayBegin: () => mayBegin };
  const first = clients.run(targetOf("pc1"), "reboot", options);
  const second = clients.run(targetOf("pc2"), "reboot", options);
  await client.first;
  mayBegin = false;
  client.end();

  await assert.rejects(second, NotBegunError);
  assert.deepEqual(await first, succeeded);
  assert.deepEqual(client.begun, ["pc1"]);
});
