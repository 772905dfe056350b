import { type Column, sql } from "drizzle-orm";
import { type PostgresJsDatabase, drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import type { NodeTypeOverrides } from "../../../contracts/index.ts";
import * as tables from "../schema/registry.ts";

/** What a site holds, as an import gives it. Everything named by something else must be in the same import or there already. */
export interface Inventory {
  readonly users?: readonly {
    readonly name: string;
    readonly kind: "person" | "agent";
    readonly publicKey: string;
    readonly isAdmin?: boolean;
    /** Projects that they are a member of; in `leads` a leader. */
    readonly projects?: readonly string[];
    readonly leads?: readonly string[];
  }[];
  readonly nodeTypes?: readonly {
    readonly name: string;
    readonly isRebootable?: boolean;
    readonly isImageable?: boolean;
    readonly defaultImage?: string;
    readonly settings?: NodeTypeOverrides;
  }[];
  /** `maxPowerOns` null: not paced. Circuits that are not named anywhere are paced by the defaults. */
  readonly circuits?: readonly {
    readonly name: string;
    readonly maxPowerOns: number | null;
    readonly windowS?: number;
  }[];
  readonly experiments?: readonly { readonly project: string; readonly name: string; readonly os?: string }[];
  readonly nodes?: readonly {
    readonly name: string;
    readonly type: string;
    readonly address: string;
    /** `52:54:00:12:34:56`, lower case. */
    readonly mac?: string;
    readonly disk?: string;
    readonly liveness?: string;
    readonly sshPort?: number;
    readonly sshHostKey?: string;
    readonly power: unknown;
    readonly circuit?: string;
    readonly host?: string;
    readonly subnodeOf?: string;
    readonly project?: string;
    readonly experiment?: string;
    readonly os?: string;
    readonly isNonfatal?: boolean;
  }[];
  /** What experiments may ask for by name: with an image that holds it, or standing for another. */
  readonly systems?: readonly {
    readonly name: string;
    readonly image?: string;
    readonly version?: string;
    readonly bootTimeS?: number;
  }[];
  /** Sealed to the reboot agent's key: the database never sees a BMC's password. */
  readonly bmcCredentials?: readonly { readonly node: string; readonly sealedPassword: string }[];
}

/** Rows of one insert statement: PostgreSQL takes 65,535 parameters. */
const rowsPerInsert = 2_000;

export interface ImportOptions {
  /** Nodes that the import does not name are dropped, with their states and history; default false. */
  readonly dropsOtherNodes?: boolean;
}

/** Writes an inventory in one transaction, replacing what has the same name. Opens and closes its own connection. */
export async function importInventory(url: string, inventory: Inventory, options: ImportOptions = {}): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  const { users = [], nodeTypes = [], circuits = [], experiments = [], nodes = [], bmcCredentials = [] } = inventory;
  const { systems = [] } = inventory;
  const memberships = users.flatMap(({ name, projects = [], leads = [] }) => [
    ...projects.map((project) => ({ project, user: name, role: "user" as const })),
    ...leads.map((project) => ({ project, user: name, role: "leader" as const })),
  ]);
  const projects = [...new Set([...memberships, ...experiments].map(({ project }) => project))];
  try {
    await drizzle(client).transaction(async (tx) => {
      for (const rows of chunks(projects.map((name) => ({ name })))) {
        await tx.insert(tables.projects).values(rows).onConflictDoNothing();
      }
      for (const { name, kind, publicKey, isAdmin = false } of users) {
        const row = { kind, publicKey, isAdmin, revokedAt: null };
        await tx
          .insert(tables.users)
          .values({ name, ...row })
          .onConflictDoUpdate({ target: tables.users.name, set: row });
      }
      for (const rows of chunks(memberships)) await tx.insert(tables.projectMembers).values(rows).onConflictDoNothing();
      for (const { name, ...more } of nodeTypes) {
        const { isRebootable = true, isImageable = true, defaultImage = null, settings = {} } = more;
        const row = { isRebootable, isImageable, defaultImage, settings };
        await tx
          .insert(tables.nodeTypes)
          .values({ name, ...row })
          .onConflictDoUpdate({ target: tables.nodeTypes.name, set: row });
      }
      for (const { name, maxPowerOns, windowS = 5 } of circuits) {
        const row = { maxPowerOns, windowS };
        await tx
          .insert(tables.circuits)
          .values({ name, ...row })
          .onConflictDoUpdate({ target: tables.circuits.name, set: row });
      }
      for (const { project, name, os = null } of experiments) {
        await tx
          .insert(tables.experiments)
          .values({ project, name, os })
          .onConflictDoUpdate({ target: [tables.experiments.project, tables.experiments.name], set: { os } });
      }
      for (const rows of chunks(systems)) await tx.insert(tables.operatingSystems).values(rows).onConflictDoNothing();
      if (options.dropsOtherNodes)
        await dropOtherNodes(
          tx,
          nodes.map(({ name }) => name),
        );
      for (const rows of chunks(nodes)) {
        await tx
          .insert(tables.nodes)
          .values(rows)
          .onConflictDoUpdate({ target: tables.nodes.name, set: fromExcluded(nodeColumns) });
      }
      for (const rows of chunks(bmcCredentials)) {
        await tx
          .insert(tables.bmcCredentials)
          .values(rows)
          .onConflictDoUpdate({
            target: tables.bmcCredentials.node,
            set: { sealedPassword: sql`excluded.sealed_password` },
          });
      }
    });
  } finally {
    await client.end();
  }
}

async function dropOtherNodes(tx: Parameters<Parameters<PostgresJsDatabase["transaction"]>[0]>[0], names: string[]) {
  const isOther = (column: Column) => sql`${column} <> all(${sql.param(names)}::text[])`;
  await tx.delete(tables.nodeHistory).where(isOther(tables.nodeHistory.node));
  await tx.delete(tables.nodeStates).where(isOther(tables.nodeStates.node));
  await tx.delete(tables.freedNodes).where(isOther(tables.freedNodes.node));
  await tx.delete(tables.bmcCredentials).where(isOther(tables.bmcCredentials.node));
  await tx.delete(tables.nodes).where(isOther(tables.nodes.name));
}

/** In an upsert, each column takes what the row that could not be inserted had. */
const fromExcluded = (columns: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(columns).map(([field, column]) => [field, sql.raw(`excluded.${column}`)]));

const nodeColumns = {
  type: "type",
  address: "address",
  mac: "mac",
  disk: "disk",
  liveness: "liveness",
  sshPort: "ssh_port",
  sshHostKey: "ssh_host_key",
  power: "power",
  circuit: "circuit",
  host: "host",
  project: "project",
  experiment: "experiment",
  os: "os",
  isNonfatal: "is_nonfatal",
  subnodeOf: "subnode_of",
};

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) yield rows.slice(start, start + rowsPerInsert);
}
