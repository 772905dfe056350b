import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import ssh2 from "ssh2";
import { type Ssh, type SshTarget, createSsh, createSshKey } from "../../../infra/ssh/index.ts";
import { type Exec, type TestSshServer, startSshServer } from "./ssh-server.ts";

const timeoutMs = 20_000;
const connectMs = 2_000;
const idle = (): AbortSignal => new AbortController().signal;

interface Agent {
  readonly ssh: Ssh;
  readonly publicKey: string;
  readonly knownHostsDir: string;
}

/** An agent's ssh in a folder of its own, with a space and a per cent sign in its name. */
async function createAgent(t: TestContext): Promise<Agent> {
  const directory = await mkdtemp(join(tmpdir(), "reveille ssh %h-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const keyFile = join(directory, "id");
  const knownHostsDir = join(directory, "hosts");
  const publicKey = await createSshKey(keyFile);
  return { ssh: createSsh({ keyFile, knownHostsDir }), publicKey, knownHostsDir };
}

/** An agent and a node that does `exec` for whoever comes in with the agent's key. */
async function createPair(t: TestContext, exec: Exec): Promise<Agent & { server: TestSshServer; target: SshTarget }> {
  const agent = await createAgent(t);
  const server = await startSshServer(t, agent.publicKey, exec);
  const { port, hostKey } = server;
  return { ...agent, server, target: { node: "pc1", address: "127.0.0.1", port, hostKey } };
}

/** A listener that accepts and then says nothing. */
async function startHungListener(t: TestContext): Promise<{ port: number; accepted: Promise<Socket> }> {
  const server = createServer((socket) => socket.on("error", () => undefined));
  const accepted = once(server, "connection").then(([socket]) => socket as Socket);
  t.after(() => {
    void accepted.then((socket) => socket.destroy());
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, accepted };
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function otherHostKey(): string {
  return ssh2.utils.generateKeyPairSync("ed25519").public;
}

test("a command's status and output come back", async (t) => {
  const { ssh, server, target } = await createPair(t, (channel) => {
    channel.write("out\n");
    channel.stderr.write("err\n");
    channel.exit(3);
    channel.end();
  });
  const end = await ssh.run(target, "shutdown -r now; echo 'x y'", { timeoutMs, connectMs, signal: idle() });
  assert.deepEqual(end, { outcome: "exited", status: 3, stdout: "out\n", stderr: "err\n" });
  assert.deepEqual(server.commands, ["shutdown -r now; echo 'x y'"]);
});

test("a command reads what it is given", async (t) => {
  const { ssh, target } = await createPair(t, (channel) => {
    channel.pipe(channel, { end: false });
    channel.on("end", () => {
      channel.exit(0);
      channel.end();
    });
  });
  const end = await ssh.run(target, "cat", { timeoutMs, connectMs, signal: idle(), stdin: "state\n" });
  assert.equal(end.outcome === "exited" && end.stdout, "state\n");
});

test("a node with another host key is not let near the command", async (t) => {
  const { ssh, server, target } = await createPair(t, (channel) => channel.end());
  const end = await ssh.run({ ...target, hostKey: otherHostKey() }, "reboot", { timeoutMs, connectMs, signal: idle() });
  assert.equal(end.outcome, "host-key-mismatch");
  assert.deepEqual(server.commands, []);
});

test("a node without a recorded host key is not connected to", async (t) => {
  const { ssh, server, target } = await createPair(t, (channel) => channel.end());
  const end = await ssh.run({ ...target, hostKey: undefined }, "reboot", { timeoutMs, connectMs, signal: idle() });
  assert.equal(end.outcome, "host-key-unknown");
  assert.deepEqual(server.commands, []);
});

test("a node's new host key takes the old one's place", async (t) => {
  const { ssh, target, knownHostsDir } = await createPair(t, (channel) => {
    channel.exit(0);
    channel.end();
  });
  await ssh.run({ ...target, hostKey: otherHostKey() }, "true", { timeoutMs, connectMs, signal: idle() });
  const end = await ssh.run(target, "true", { timeoutMs, connectMs, signal: idle() });
  assert.equal(end.outcome, "exited");
  assert.equal(await readFile(join(knownHostsDir, "pc1"), "utf8"), `pc1 ${target.hostKey ?? ""}\n`);
  assert.equal((await stat(join(knownHostsDir, "pc1"))).mode & 0o777, 0o600);
});

test("a key that the node does not know is a refused login", async (t) => {
  const { target } = await createPair(t, (channel) => channel.end());
  const stranger = await createAgent(t);
  const end = await stranger.ssh.run(target, "reboot", { timeoutMs, connectMs, signal: idle() });
  assert.equal(end.outcome, "login-refused");
});

test("a closed port is an unreachable node", async (t) => {
  const { ssh } = await createAgent(t);
  const target = { node: "pc1", address: "127.0.0.1", port: await freePort(), hostKey: otherHostKey() };
  const end = await ssh.run(target, "reboot", { timeoutMs, connectMs, signal: idle() });
  assert.equal(end.outcome, "unreachable");
});

test("a listener that says nothing is an unreachable node after the time to connect", async (t) => {
  const { ssh } = await createAgent(t);
  const { port } = await startHungListener(t);
  const target = { node: "pc1", address: "127.0.0.1", port, hostKey: otherHostKey() };
  const end = await ssh.run(target, "reboot", { timeoutMs, connectMs, signal: idle() });
  assert.equal(end.outcome, "unreachable");
});

test("a listener that says nothing is given up when time is up, and the client is gone", async (t) => {
  const { ssh } = await createAgent(t);
  const { port, accepted } = await startHungListener(t);
  const target = { node: "pc1", address: "127.0.0.1", port, hostKey: otherHostKey() };
  const end = await ssh.run(target, "reboot", { timeoutMs: 500, connectMs, signal: idle() });
  assert.equal(end.outcome, "timed-out");
  await endOf(await accepted);
});

test("a command that never ends is killed on abort, and its connection breaks", async (t) => {
  const abort = new AbortController();
  const { promise: brokenOff, resolve } = deferred();
  const { ssh, target } = await createPair(t, (_channel, _command, connection) => {
    connection.on("close", resolve);
    abort.abort(new Error("called off"));
  });
  await assert.rejects(ssh.run(target, "sleep infinity", { timeoutMs, connectMs, signal: abort.signal }), /called off/);
  await brokenOff;
});

test("a node that drops the connection while the command runs has lost it", async (t) => {
  const { ssh, target } = await createPair(t, (_channel, _command, connection) => connection.end());
  const end = await ssh.run(target, "reboot", { timeoutMs, connectMs, signal: idle() });
  assert.equal(end.outcome, "connection-lost");
});

test("output beyond the cap is dropped", async (t) => {
  const { ssh, target } = await createPair(t, (channel) => {
    channel.write("x".repeat(100_000), () => {
      channel.exit(0);
      channel.end();
    });
  });
  const end = await ssh.run(target, "dmesg", { timeoutMs, connectMs, signal: idle() });
  assert.equal(end.outcome === "exited" && end.stdout.length, 65_536);
});

for (const [what, change] of Object.entries({
  "an address that is an option": { address: "-oProxyCommand=touch /tmp/owned" },
  "an empty address": { address: "" },
  "a user that is an option": { user: "-oProxyCommand=id" },
  "a port out of range": { port: 0 },
  "a name that leaves the folder": { node: "../pc1" },
  "a host key of two lines": { hostKey: `${otherHostKey()}\n* ${otherHostKey()}` },
  "a host key that is an authority's": { hostKey: `@cert-authority * ${otherHostKey()}` },
} satisfies Record<string, Partial<SshTarget>>)) {
  test(`ssh is not started with ${what}`, async (t) => {
    const { ssh } = await createAgent(t);
    const target = { node: "pc1", address: "127.0.0.1", port: 22, hostKey: otherHostKey(), ...change };
    const end = await ssh.run(target, "reboot", { timeoutMs, connectMs, signal: idle() });
    assert.equal(end.outcome, "could-not-start");
  });
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

async function endOf(socket: Socket): Promise<void> {
  if (!socket.destroyed) {
    socket.resume();
    await once(socket, "close");
  }
}
