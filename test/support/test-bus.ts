import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import { type Identity, type Reveille, connectBus, createReveille, identityOf } from "../../bus/index.ts";
import { agentNames, agentPermissions, isAgentName, personPermissions } from "../../contracts/index.ts";
import {
  type EmbeddedNats,
  type NatsPermissions,
  type ServiceEvent,
  createIdentity,
  startNats,
  writeSecret,
} from "../../infra/embedded/index.ts";

export const testSite = "local";
const people = ["alice", "bob"] as const;
type Name = (typeof people)[number] | (typeof agentNames)[number];

/** A real nats-server with every agent and two people on it, each with the permissions of production. */
export interface TestBus extends AsyncDisposable {
  readonly dir: string;
  readonly nats: EmbeddedNats;
  identity(name: Name): Identity;
  /** A new connection of somebody; closed with the bus. */
  join(name: Name): Promise<NatsConnection>;
  /** A person's place on the bus over a connection of its own. */
  coordinator(name: (typeof people)[number]): Promise<Reveille>;
  /** Writes somebody's nkey seed to a file, and gives its path. */
  writeKey(name: Name): Promise<string>;
  /** Writes a context file for a person, with its key beside it, and gives its path. */
  writeContext(name: (typeof people)[number]): Promise<string>;
  /** Kills nats-server as a crash would, and resolves when it is back and everybody is on it again. */
  crashNats(): Promise<void>;
  /** The name whose key this is, as agents look it up. */
  identify(publicKey: string): Promise<string | undefined>;
}

/** Starts the bus; `permissions` replaces everybody's, for showing what the real ones prevent. */
export async function startTestBus(permissions?: NatsPermissions): Promise<TestBus> {
  const dir = mkdtempSync(join(tmpdir(), "reveille-bus-"));
  const seeds = new Map([...people, ...agentNames].map((name) => [name, createIdentity()]));
  let onEvent: (event: ServiceEvent) => void = () => undefined;
  const nats = await startNats({
    dir,
    onEvent: (event) => onEvent(event),
    identities: [...seeds].map(([name, { publicKey }]) => ({
      name,
      publicKey,
      permissions:
        permissions ?? (isAgentName(name) ? agentPermissions(testSite, name) : personPermissions(testSite, name)),
    })),
  });
  const connections: NatsConnection[] = [];
  const identity = (name: Name) => identityOf(seeds.get(name)?.seed ?? "");
  const connectAs = async (name: Name): Promise<NatsConnection> => {
    const connection = await connectBus({ url: nats.url, identity: identity(name), name });
    connections.push(connection);
    return connection;
  };
  const writeKey = async (name: Name): Promise<string> => {
    const path = join(dir, `${name}.nk`);
    await writeSecret(path, `${seeds.get(name)?.seed ?? ""}\n`);
    return path;
  };
  return {
    dir,
    nats,
    identity,
    writeKey,
    join: connectAs,
    coordinator: async (user) =>
      createReveille(await connectAs(user), { site: testSite, user, identity: identity(user) }),
    async writeContext(user) {
      const keyFile = basename(await writeKey(user));
      const path = join(dir, `context-${user}.json`);
      await writeSecret(path, JSON.stringify({ site: testSite, url: nats.url, user, keyFile }));
      return path;
    },
    async crashNats() {
      const isBack = new Promise<void>((resolve) => {
        onEvent = ({ kind }) => {
          if (kind === "restarted") resolve();
        };
      });
      process.kill(nats.pid, "SIGKILL");
      await isBack;
      await Promise.all(connections.filter((each) => !each.isClosed()).map(roundTrip));
    },
    identify: async (publicKey) => [...seeds].find(([, pair]) => pair.publicKey === publicKey)?.[0],
    async [Symbol.asyncDispose]() {
      await Promise.all(connections.map((connection) => connection.close()));
      await nats.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Resolves once the server has answered; what was sent while there was none is lost, so it is asked again. */
async function roundTrip(connection: NatsConnection): Promise<void> {
  for (;;) {
    const isAnswered = await connection.flush().then(
      () => true,
      () => false,
    );
    if (isAnswered || connection.isClosed()) return;
  }
}
