import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { type Identity, type InboxPublisher, connectBus, createInboxPublisher, loadIdentity } from "../../bus/index.ts";
import type { AgentName } from "../../contracts/index.ts";
import { type Database, openDatabase } from "../../infra/db/index.ts";
import { stopInOrder } from "./agent.ts";
import type { AgentsConfig } from "./config.ts";
import { openHealthPort } from "./health-port.ts";
import type { Log } from "./log.ts";
import { type AgentMetrics, createMetrics } from "./metrics.ts";

/**
 * Where an agent stands: its own connection to the bus, as itself, what it tells inboxes by, its own role in the database,
 * its own counters.
 */
export interface Place {
  readonly connection: NatsConnection;
  readonly identity: Identity;
  readonly publisher: InboxPublisher;
  readonly database: Database;
  readonly metrics: AgentMetrics;
  leave(): Promise<void>;
}

export interface JoinOptions {
  readonly agent: AgentName;
  /** This replica's name, unlike any other's. */
  readonly owner: string;
  readonly log: Log;
  /** Connections of the durable database pool. */
  readonly poolSize?: number;
}

/** How often a starting agent tries to connect, and the pause between two tries, milliseconds. */
const connectTries = 10;
const connectPauseMs = 1_000;
/** How long the bus and the database have to answer before a replica counts as not ready, milliseconds. */
const readyWithinMs = 2_000;

/** Joins the site as one agent. Throws KeyFileError or BusUnreachableError; the database is first reached when used. */
export async function joinSite(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: { readonly keyFile: string; readonly databaseUrlFile: string; readonly healthPort?: number },
  options: JoinOptions,
): Promise<Place> {
  const { site, url, ca } = config;
  const { agent, owner: name, log, poolSize } = options;
  const [identity, databaseUrl] = await Promise.all([
    loadIdentity(section.keyFile),
    readFile(section.databaseUrlFile, "utf8"),
  ]);
  const connection = await connectPatiently({ url, identity, name, ...(ca === undefined ? {} : { ca }) }, log);
  const database = openDatabase({ url: databaseUrl.trim(), name, ...(poolSize === undefined ? {} : { poolSize }) });
  const metrics = createMetrics(agent, { isServed: section.healthPort !== undefined });
  const readiness = async () => ({
    bus: await answersInTime(connection.flush()),
    database: await answersInTime(database.sql`select 1`),
  });
  const health =
    section.healthPort === undefined
      ? undefined
      : await openHealthPort({ port: section.healthPort, metrics, readiness });
  if (health) log.info({ url: health.url }, "readiness and metrics are served");
  return {
    connection,
    identity,
    publisher: createInboxPublisher(connection, site, agent),
    database,
    metrics,
    leave: () =>
      stopInOrder([
        async () => health?.close(),
        async () => {
          if (!connection.isClosed()) await connection.drain();
        },
        () => database.close(),
      ]),
  };
}

/** An agent may start before nats-server, or on a machine too busy to shake hands in time: it tries for a while. */
async function connectPatiently(options: Parameters<typeof connectBus>[0], log: Log): Promise<NatsConnection> {
  for (let tries = 1; ; tries++) {
    try {
      return await connectBus(options);
    } catch (error) {
      if (tries === connectTries) throw error;
      log.warn({ err: error, tries }, "the bus cannot be reached; trying again");
      await sleep(connectPauseMs);
    }
  }
}

async function answersInTime(asked: PromiseLike<unknown>): Promise<boolean> {
  const answered = Promise.resolve(asked).then(
    () => true,
    () => false,
  );
  return Promise.race([answered, sleep(readyWithinMs, false)]);
}
