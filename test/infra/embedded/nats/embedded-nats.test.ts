import assert from "node:assert/strict";
import { copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { connect, nkeyAuthenticator } from "@nats-io/transport-node";
import type { NatsConnection } from "@nats-io/transport-node";
import {
  BinaryMissingError,
  DirectoryInUseError,
  IdentitiesRefusedError,
  PortInUseError,
  ReloadError,
  startNats,
} from "../../../../infra/embedded/index.ts";
import type { EmbeddedNats, ServiceEvent } from "../../../../infra/embedded/index.ts";
import { findNatsServer } from "../../../../infra/embedded/nats/nats-binary.ts";
import { isAlive, newPerson, scratchFolder, until } from "../support/scratch.ts";

const alice = newPerson("alice", { publish: ["to.bob"], subscribe: ["to.alice"] });
const bob = newPerson("bob", { publish: ["to.alice"], subscribe: ["to.bob"] });
const both = [alice.identity, bob.identity];

async function connectAs(nats: EmbeddedNats, { seed }: { readonly seed: string }): Promise<NatsConnection> {
  const authenticator = nkeyAuthenticator(Buffer.from(seed));
  return connect({ servers: nats.url, authenticator, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
}

/** Whether what `from` publishes reaches `to`: once both have a pong, it has or never will. */
async function reaches(from: NatsConnection, to: NatsConnection, subject: string): Promise<boolean> {
  let received = 0;
  const callback = (error: Error | null): void => {
    if (error === null) received++;
  };
  const subscription = to.subscribe(subject, { callback });
  await to.flush();
  from.publish(subject, "x");
  await from.flush();
  await to.flush();
  subscription.unsubscribe();
  return received > 0;
}

/** Every disconnection of a connection, as it happens. */
function recordDisturbances(connection: NatsConnection): string[] {
  const seen: string[] = [];
  void (async () => {
    for await (const { type } of connection.status()) if (type === "disconnect") seen.push(type);
  })();
  return seen;
}

test("who is listed may do what is listed; nobody else connects", async (t) => {
  await using nats = await startNats({ dir: scratchFolder(t), identities: both });
  await using fromAlice = await connectAs(nats, alice);
  await using fromBob = await connectAs(nats, bob);
  assert.ok(await reaches(fromAlice, fromBob, "to.bob"));
  assert.ok(!(await reaches(fromBob, fromBob, "to.bob")));
  assert.ok(!(await reaches(fromAlice, fromBob, "elsewhere")));
  await assert.rejects(connectAs(nats, newPerson("eve", { publish: [], subscribe: [] })));
  await assert.rejects(connect({ servers: nats.url, maxReconnectAttempts: 0 }));
});

test("a new set is in force when it resolves, and disconnects only who is left out", async (t) => {
  await using nats = await startNats({ dir: scratchFolder(t), identities: both });
  await using fromAlice = await connectAs(nats, alice);
  const disturbances = recordDisturbances(fromAlice);
  const fromBob = await connectAs(nats, bob);
  const carol = newPerson("carol", { publish: ["to.alice"], subscribe: ["to.carol"] });
  const widened = { ...alice.identity, permissions: { publish: ["to.*"], subscribe: ["to.alice"] } };

  await nats.setIdentities([widened, bob.identity, carol.identity]);
  await using fromCarol = await connectAs(nats, carol);
  assert.ok(await reaches(fromAlice, fromCarol, "to.carol"));
  assert.ok(await reaches(fromBob, fromAlice, "to.alice"));

  await nats.setIdentities([alice.identity, carol.identity]);
  assert.ok(!(await reaches(fromAlice, fromCarol, "to.carol")));
  await assert.rejects(connectAs(nats, bob));
  await fromBob.close();
  assert.deepEqual(disturbances, []);
  assert.ok(await reaches(fromCarol, fromAlice, "to.alice"));
});

test("many changes at once take their turns, and the last one holds", async (t) => {
  await using nats = await startNats({ dir: scratchFolder(t), identities: [] });
  await Promise.all([nats.setIdentities(both), nats.setIdentities([]), nats.setIdentities([bob.identity])]);
  await using fromBob = await connectAs(nats, bob);
  await fromBob.flush();
  await assert.rejects(connectAs(nats, alice));
});

test("a broken set is refused before it is written, and the old one goes on", async (t) => {
  const dir = scratchFolder(t);
  await using nats = await startNats({ dir, identities: both });
  const before = readFileSync(join(dir, "nats/identities.conf"), "utf8");
  await assert.rejects(nats.setIdentities([alice.identity, alice.identity]), IdentitiesRefusedError);
  assert.equal(readFileSync(join(dir, "nats/identities.conf"), "utf8"), before);
  await using fromAlice = await connectAs(nats, alice);
  await fromAlice.flush();
});

test("a set that the server itself refuses is taken back", async (t) => {
  const dir = scratchFolder(t);
  await using nats = await startNats({ dir, identities: both });
  writeFileSync(join(dir, "nats/server.conf"), "accounts { RV { ", { flag: "a" });
  await assert.rejects(nats.setIdentities([alice.identity]), ReloadError);
  assert.match(readFileSync(join(dir, "nats/identities.conf"), "utf8"), /# bob/);
});

test("after kill -9 it is back on its port, and a client goes on with its subscriptions", async (t) => {
  const events: ServiceEvent[] = [];
  await using nats = await startNats({ dir: scratchFolder(t), identities: both, onEvent: (e) => events.push(e) });
  await using fromAlice = await connectAs(nats, alice);
  await using fromBob = await connectAs(nats, bob);
  const { url, pid } = nats;
  process.kill(pid, "SIGKILL");
  await until("it is back", () => events.some(({ kind }) => kind === "restarted"));
  assert.equal(nats.url, url);
  assert.notEqual(nats.pid, pid);
  await until("a message arrives", async () => reaches(fromAlice, fromBob, "to.bob").catch(() => false));
  assert.deepEqual(events[0], { kind: "exited", service: "nats", pid, exit: { signal: "SIGKILL" } });
});

test("identities set while it is down are in force when it is back", async (t) => {
  await using nats = await startNats({ dir: scratchFolder(t), identities: [] });
  process.kill(nats.pid, "SIGKILL");
  await nats.setIdentities(both);
  await using fromAlice = await connectAs(nats, alice);
  await fromAlice.flush();
});

test("a stop is quick, repeatable and final", async (t) => {
  const dir = scratchFolder(t);
  const nats = await startNats({ dir, identities: both });
  const { pid, url } = nats;
  await Promise.all([nats.stop(), nats.stop()]);
  assert.ok(!isAlive(pid));
  await using again = await startNats({ dir, identities: both });
  assert.equal(again.url, url);
});

test("what was killed does not come back once a stop is asked for", async (t) => {
  const kinds: string[] = [];
  let stopped: Promise<void> | undefined;
  const onEvent = ({ kind }: ServiceEvent): void => {
    kinds.push(kind);
    stopped = nats.stop();
  };
  const nats = await startNats({ dir: scratchFolder(t), identities: [], onEvent });
  const { pid } = nats;
  process.kill(pid, "SIGKILL");
  await until("the death is seen", () => stopped !== undefined);
  await stopped;
  assert.deepEqual([nats.pid, kinds], [pid, ["exited"]]);
});

test("it runs as nobody when root starts it", { skip: process.getuid?.() !== 0 }, async (t) => {
  await using nats = await startNats({ dir: scratchFolder(t), identities: both });
  assert.equal(statSync(`/proc/${nats.pid}`).uid, 65_534);
});

test("a program that nobody can reach is copied to where it can be", { skip: process.getuid?.() !== 0 }, async (t) => {
  const folder = scratchFolder(t);
  copyFileSync(findNatsServer(), join(folder, "nats-server"));
  const before = process.env["NATS_SERVER_BIN"];
  process.env["NATS_SERVER_BIN"] = join(folder, "nats-server");
  try {
    await using nats = await startNats({ dir: folder, identities: both });
    assert.ok(isAlive(nats.pid));
  } finally {
    if (before === undefined) delete process.env["NATS_SERVER_BIN"];
    else process.env["NATS_SERVER_BIN"] = before;
  }
});

test("a port that is taken is refused when it was asked for", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  t.after(() => taken.close());
  await until("the port is taken", () => taken.listening);
  const { port } = taken.address() as AddressInfo;
  await assert.rejects(startNats({ dir: scratchFolder(t), identities: [], port }), PortInUseError);
});

test("a second server in the same directory is refused with the owner's pid", async (t) => {
  const dir = scratchFolder(t);
  await using nats = await startNats({ dir, identities: both });
  await assert.rejects(startNats({ dir, identities: both }), (error: unknown) => {
    assert.ok(error instanceof DirectoryInUseError);
    assert.equal(error.pid, process.pid);
    assert.match(error.message, new RegExp(`in use by process ${process.pid}: stop it`));
    return true;
  });
  assert.ok(isAlive(nats.pid));
});

test("NATS_SERVER_BIN wins over PATH, and must name a program", () => {
  assert.throws(() => findNatsServer({ NATS_SERVER_BIN: "/nowhere/nats-server" }), BinaryMissingError);
  assert.equal(findNatsServer({ NATS_SERVER_BIN: process.execPath, PATH: "" }), process.execPath);
});
