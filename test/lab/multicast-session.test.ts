import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Peer, createBridge, createPeer, checkOwnNamespace } from "../../infra/lab/index.ts";
import { type MulticastSession, startSession } from "../../infra/multicast/index.ts";
import { until } from "../infra/simulator/support/until.ts";

before(checkOwnNamespace);

const sizeBytes = 24 * 1024 * 1024;

/** A bridge with three peers, and a file to send. */
async function scene(t: TestContext, subnet: number) {
  const folder = await mkdtemp(join(tmpdir(), "reveille-session-"));
  t.after(() => rm(folder, { recursive: true }));
  const bytes = randomBytes(sizeBytes);
  const imageFile = join(folder, "image.zst");
  await writeFile(imageFile, bytes);
  const bridge = await createBridge(subnet);
  t.after(() => bridge[Symbol.asyncDispose]());
  const peers = await Promise.all([11, 12, 13].map((host) => createPeer(bridge, { host, mbitPerSecond: 400 })));
  t.after(() => Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]())));
  return { imageFile, peers, settings: { interface: bridge.name }, digest: digestOf(bytes) };
}

/** A receiver as the ramdisk starts it; `ended` gives the digest of what it got. */
function receive(t: TestContext, peer: Peer, { channel }: MulticastSession) {
  const options = ["--interface", "eth0", "--portbase", `${channel.portBase}`, "--mcast-rdv-address", channel.group];
  const [program, ...args] = peer.inside("udp-receiver", "--nokbd", "--no-progress", ...options);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => child.kill("SIGKILL"));
  const hash = createHash("sha256");
  child.stdout.on("data", (data: Buffer) => hash.update(data));
  return { child, ended: once(child, "close").then(() => hash.digest("hex")) };
}

const digestOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

test("a session brings the image to everybody who joins, and says who did", async (t) => {
  const { imageFile, peers, settings, digest } = await scene(t, 1);
  const events: string[] = [];
  const session = startSession(settings, { imageFile, receivers: 3, onEvent: ({ kind }) => events.push(kind) });
  const received = peers.map((peer) => receive(t, peer, session).ended);
  const end = await session.ended;
  assert.equal(end.outcome, "sent");
  assert.deepEqual(end.joined.toSorted(), ["10.77.1.11", "10.77.1.12", "10.77.1.13"]);
  assert.deepEqual(await Promise.all(received), [digest, digest, digest]);
  assert.deepEqual(events, ["joined", "joined", "joined", "started"]);
});

test("a receiver that dies is dropped, and the others get the image", async (t) => {
  const { imageFile, peers, settings, digest } = await scene(t, 2);
  const session = startSession(settings, {
    imageFile,
    receivers: 3,
    onEvent: ({ kind }) => kind === "started" && receivers[2]?.child.kill("SIGKILL"),
  });
  const receivers = peers.map((peer) => receive(t, peer, session));
  const end = await session.ended;
  assert.equal(end.outcome, "sent");
  assert.deepEqual(end.dropped, ["10.77.2.13"]);
  assert.deepEqual(await Promise.all(receivers.slice(0, 2).map(({ ended }) => ended)), [digest, digest]);
});

test("a session that nobody joins ends by itself", async (t) => {
  const { imageFile, settings } = await scene(t, 3);
  const session = startSession({ ...settings, giveUpS: 1 }, { imageFile, receivers: 3 });
  assert.equal((await session.ended).outcome, "nobody-joined");
});

test("a session is stopped at once, and once more is the same", async (t) => {
  const { imageFile, settings } = await scene(t, 4);
  const session = startSession(settings, { imageFile, receivers: 3 });
  const [first, second] = await Promise.all([session.stop(), session.stop()]);
  assert.equal(first.outcome, "stopped");
  assert.equal(second, first);
});

test("a session of an image that cannot be read fails at once, and says why", async (t) => {
  const { settings, imageFile } = await scene(t, 5);
  const end = await startSession(settings, { imageFile: `${imageFile}.gone`, receivers: 3 }).ended;
  assert.ok(end.outcome === "failed");
  assert.match(end.detail, /ENOENT.*image\.zst\.gone/);
});

test("a session ends with the process that began it, kill -9 included", async (t) => {
  const { settings, imageFile } = await scene(t, 6);
  const program = fileURLToPath(new URL("session-process.ts", import.meta.url));
  const owner = spawn(process.execPath, ["--import", "tsx", program, settings.interface, imageFile], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => owner.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
  const senders = async () => (await commandLines()).filter((words) => words.includes(line));
  await until("udp-sender runs", async () => (await senders()).length > 0);
  owner.kill("SIGKILL");
  await until("udp-sender is gone", async () => (await senders()).length === 0);
});

/** The command lines of all udp-senders that run. */
async function commandLines(): Promise<readonly (readonly string[])[]> {
  const processes = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const lines = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.map((text) => text.split("\0")).filter(([program]) => program === "udp-sender");
}
