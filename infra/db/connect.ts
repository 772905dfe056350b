import postgres from "postgres";

/** Raw SQL on a pool of its own: drizzle changes the serialisers of the client that it is given. */
export type Sql = postgres.Sql;

/** An agent's pools, each as its own database role. */
export interface Database extends AsyncDisposable {
  /** For the ledger: durable, in whole transactions. */
  readonly sql: Sql;
  /** One durable connection for what must not queue behind admissions: the statement that a power action waits for. */
  readonly urgentSql: Sql;
  /** For leases, which may be lost in a crash of the server: `synchronous_commit` off. */
  readonly relaxedSql: Sql;
  /**
   * Opens one connection beside the pools, which stays until it is ended: for locks that are held from one statement to
   * the next. `onLost` is called if it ends before.
   */
  readonly openSession: (onLost: () => void) => Sql;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** Connections of the durable pool; default 4. */
  readonly poolSize?: number;
}

export function openDatabase(options: DatabaseOptions): Database {
  const { url, name, poolSize = 4 } = options;
  const shared = {
    onnotice: () => undefined,
    connect_timeout: 5,
    // Closed when idle for long, so that a site at rest holds few of PostgreSQL's processes.
    idle_timeout: 120,
    max_lifetime: null,
    transform: { undefined: null },
  };
  const sql = postgres(url, { ...shared, max: poolSize, connection: { application_name: name } });
  const urgentSql = postgres(url, { ...shared, max: 1, connection: { application_name: `${name} urgent` } });
  const relaxedSql = postgres(url, {
    ...shared,
    max: 1,
    connection: { application_name: `${name} leases`, synchronous_commit: "off" },
  });
  const openSession = (onLost: () => void): Sql =>
    postgres(url, {
      ...shared,
      max: 1,
      idle_timeout: 0,
      connection: { application_name: `${name} lock` },
      onclose: onLost,
    });
  const close = async () => {
    await Promise.all([sql, urgentSql, relaxedSql].map((pool) => pool.end({ timeout: 5 })));
  };
  return { sql, urgentSql, relaxedSql, openSession, close, [Symbol.asyncDispose]: close };
}

/** Error codes (SQLSTATE, and the driver's own) that mean the server is away or going away, not that we asked badly. */
const unreachableCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ETIMEDOUT",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "57P01",
  "57P02",
  "57P03",
  "08006",
  "08001",
  "53300",
]);

/** Whether an error of the driver means that the database is away; such work may be tried again. */
export function isUnreachable(error: unknown): boolean {
  return unreachableCodes.has(codeOfError(error));
}

/** Codes of a connection that never came about: whatever was asked has not begun. */
const notConnectedCodes = new Set(["ECONNREFUSED", "ENOENT", "CONNECT_TIMEOUT", "57P03", "53300"]);

export function isNotConnected(error: unknown): boolean {
  return notConnectedCodes.has(codeOfError(error));
}

/** SQLSTATE of a deadlock and of a serialisation failure: PostgreSQL undid all of it, so it is safe to do it again. */
const undoneCodes = new Set(["40P01", "40001"]);

export function wasUndone(error: unknown): boolean {
  return undoneCodes.has(codeOfError(error));
}

function codeOfError(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
