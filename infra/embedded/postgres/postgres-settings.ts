/** What a cluster's settings depend on. */
export interface PostgresTuning {
  readonly port: number;
  readonly major: number;
  readonly maxConnections: number;
  /** False gives up every promise about what is left after a crash of the machine, for tests. */
  readonly isDurable: boolean;
}

/**
 * The server's settings, as arguments: small, quiet, loopback. They win over the cluster's own file, so that a cluster
 * of an earlier release runs as today's would.
 */
export function postgresSettings({ port, major, maxConnections, isDurable }: PostgresTuning): Record<string, string> {
  return {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: String(maxConnections),
    password_encryption: "scram-sha-256",

    // A ledger of 10,000 nodes fits; pages are only taken as they are touched.
    shared_buffers: "32MB",
    huge_pages: "off",
    work_mem: "4MB",
    maintenance_work_mem: "16MB",
    jit: "off",

    // Nothing replicates from here and nothing runs in parallel: fewer processes, less to write ahead.
    wal_level: "minimal",
    max_wal_senders: "0",
    max_logical_replication_workers: "0",
    max_parallel_workers: "0",
    max_parallel_workers_per_gather: "0",
    max_worker_processes: "1",
    autovacuum_max_workers: "1",
    ...(major >= 18 && { io_method: "sync" }),
    max_wal_size: "256MB",
    min_wal_size: "32MB",

    log_min_messages: "warning",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] %u@%d ",
    log_timezone: "UTC",
    timezone: "UTC",

    ...(!isDurable && { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
}

/** The settings as a command line has them. */
export function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Who may come from where: everybody with a password from this machine, nobody else. */
export const HOST_BASED_AUTHENTICATION = "host all all 127.0.0.1/32 scram-sha-256\n";
