import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { test } from "node:test";
import { type LivenessTarget, ProbeFailedError, createLiveness } from "../../../infra/liveness/index.ts";

const liveness = createLiveness();
const idle = (): AbortSignal => new AbortController().signal;

test("a port that accepts is alive, and the connection is cut off at once", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const connected = once(server, "connection");
  const { port } = server.address() as AddressInfo;
  const isAlive = await liveness.probe(
    { address: "127.0.0.1", probe: `tcp:${port}` },
    { timeoutMs: 10_000, signal: idle() },
  );
  assert.equal(isAlive, true);
  const [socket] = (await connected) as [Socket];
  socket.on("error", () => undefined).resume();
  if (!socket.closed) await once(socket, "close");
});

test("a port that refuses is not alive", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const isAlive = await liveness.probe(
    { address: "127.0.0.1", probe: `tcp:${port}` },
    { timeoutMs: 10_000, signal: idle() },
  );
  assert.equal(isAlive, false);
});

test("a name that cannot be looked up is a probe that could not be made", async () => {
  const target: LivenessTarget = { address: "no-such-node.invalid", probe: "tcp:22" };
  await assert.rejects(liveness.probe(target, { timeoutMs: 20_000, signal: idle() }), ProbeFailedError);
});

test("an aborted probe ends with the signal's reason", async () => {
  const target: LivenessTarget = { address: "127.0.0.1", probe: "tcp:22" };
  const signal = AbortSignal.abort(new Error("called off"));
  await assert.rejects(liveness.probe(target, { timeoutMs: 10_000, signal }), /called off/);
});

test("a probe of no known kind could not be made", async () => {
  for (const probe of ["tcp:0", "tcp:65536", "tcp:22x", "udp:7"] as LivenessTarget["probe"][]) {
    const target = { address: "127.0.0.1", probe };
    await assert.rejects(liveness.probe(target, { timeoutMs: 10_000, signal: idle() }), ProbeFailedError);
  }
});
