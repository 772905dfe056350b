/** Which of the two site services something is about. */
export type ServiceName = "nats" | "postgres";

/** The directory is in use by another running site: stop that process, or choose another directory. */
export class DirectoryInUseError extends Error {
  readonly code = "directory-in-use";
  readonly directory: string;
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(`${directory} is in use by process ${pid}: stop it, or choose another directory`);
    this.name = "DirectoryInUseError";
    this.directory = directory;
    this.pid = pid;
  }
}

/** The port that was asked for is taken. */
export class PortInUseError extends Error {
  readonly code = "port-in-use";
  readonly port: number;

  constructor(port: number) {
    super(`port ${port} on 127.0.0.1 is taken: choose another, or leave the choice to the site`);
    this.name = "PortInUseError";
    this.port = port;
  }
}

/** A program that the site needs is not on this machine. */
export class BinaryMissingError extends Error {
  readonly code = "binary-missing";
  readonly binary: string;

  constructor(binary: string, advice: string) {
    super(`${binary} is not on this machine: ${advice}`);
    this.name = "BinaryMissingError";
    this.binary = binary;
  }
}

/** A server ended, or stayed silent, before it was ready; `log` holds its last lines. */
export class ServerStartError extends Error {
  readonly code = "server-start-failed";
  readonly service: ServiceName;
  readonly log: string;

  constructor(service: ServiceName, what: string, logPath: string, log: string, cause?: unknown) {
    super(`${service} did not start: ${what}; its log ${logPath} ends: ${log.trim() || "(empty)"}`, { cause });
    this.name = "ServerStartError";
    this.service = service;
    this.log = log;
  }
}

/** The data directory was written by a PostgreSQL of another major version than any found here. */
export class ClusterVersionError extends Error {
  readonly code = "cluster-version";

  constructor(directory: string, wanted: number, found: readonly number[]) {
    super(
      `${directory} belongs to PostgreSQL ${wanted}, and this machine has ${found.join(", ") || "none"}: ` +
        `install ${wanted}, or move the directory away to begin afresh`,
    );
    this.name = "ClusterVersionError";
  }
}

/** The set of identities is broken; nothing was written, the server goes on with the set it has. */
export class IdentitiesRefusedError extends Error {
  readonly code = "identities-refused";

  constructor(detail: string) {
    super(`identities refused: ${detail}`);
    this.name = "IdentitiesRefusedError";
  }
}

/** nats-server did not take a new configuration; the former one is in force and on disk again. */
export class ReloadError extends Error {
  readonly code = "reload-failed";

  constructor(detail: string) {
    super(`nats-server did not reload its identities: ${detail}`);
    this.name = "ReloadError";
  }
}

/** A secret file can be read by others than its owner: narrow it (chmod 600) and consider the secret known. */
export class SecretExposedError extends Error {
  readonly code = "secret-exposed";
  readonly path: string;

  constructor(path: string, mode: number) {
    super(`${path} has mode ${mode.toString(8)}, so others may have read it: replace the secret, then chmod 600`);
    this.name = "SecretExposedError";
    this.path = path;
  }
}
