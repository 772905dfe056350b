import { readFile } from "node:fs/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { connectBus, loadIdentity } from "../../bus/index.ts";
import { type Database, openDatabase } from "../../infra/db/index.ts";
import type { AgentsConfig } from "./config.ts";

/** Where an agent stands: its own connection to the bus, as itself, and its own role in the database. */
export interface Place {
  readonly connection: NatsConnection;
  readonly database: Database;
  leave(): Promise<void>;
}

/** Joins the site as one agent. Throws KeyFileError or BusUnreachableError; the database is first reached when used. */
export async function joinSite(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: { readonly keyFile: string; readonly databaseUrlFile: string },
  name: string,
  poolSize?: number,
): Promise<Place> {
  const { url, ca } = config;
  const [identity, databaseUrl] = await Promise.all([
    loadIdentity(section.keyFile),
    readFile(section.databaseUrlFile, "utf8"),
  ]);
  const connection = await connectBus({ url, identity, name, ...(ca === undefined ? {} : { ca }) });
  const database = openDatabase({ url: databaseUrl.trim(), name, ...(poolSize === undefined ? {} : { poolSize }) });
  return {
    connection,
    database,
    async leave() {
      if (!connection.isClosed()) await connection.drain();
      await database.close();
    },
  };
}
