import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ServerStartError } from "../errors.ts";
import { cacheDirectory } from "../process/cache-directory.ts";
import { grantFolder } from "../process/credentials.ts";
import type { Credentials } from "../process/credentials.ts";
import { spawnGuarded } from "../process/guarded-process.ts";
import type { ServerLog } from "../process/server-log.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { HOST_BASED_AUTHENTICATION } from "./postgres-settings.ts";

/** The database that every cluster of ours has. */
export const DATABASE = "reveille";

/** The superuser. */
export const SUPERUSER = "postgres";

/** To be raised when a new cluster comes out differently. */
const TEMPLATE_EDITION = 1;

export interface ClusterOptions {
  /** Where the cluster shall be; must not exist. */
  readonly directory: string;
  /** The superuser's. */
  readonly password: string;
  readonly isDurable: boolean;
  readonly binaries: PostgresBinaries;
  readonly credentials: Credentials;
  readonly log: ServerLog;
}

/**
 * Makes a cluster with the database `reveille`. It is made beside and moved into place, so that one which was
 * interrupted is never taken for whole. One that need not be durable is copied from a template in the cache, in a
 * fifth of the time.
 */
export async function makeCluster(options: ClusterOptions): Promise<void> {
  await removeDrafts(options.directory);
  const draft = `${options.directory}.${randomBytes(6).toString("hex")}`;
  await makeFolder(draft, options.credentials);
  if (options.isDurable || !copyTree(await makeTemplate(options), draft)) await initialise(draft, options);
  const statement = `ALTER ROLE ${SUPERUSER} PASSWORD '${options.password}'\n`;
  await runSingleUser(draft, statement, options);
  await rename(draft, options.directory);
}

async function makeTemplate(options: ClusterOptions): Promise<string> {
  const digest = createHash("sha256")
    .update(`${TEMPLATE_EDITION} ${options.binaries.version}`)
    .digest("hex")
    .slice(0, 16);
  const cache = await cacheDirectory();
  const template = join(cache, `cluster-${options.binaries.major}-${digest}`);
  if (existsSync(template)) return template;
  const draft = `${template}.${randomBytes(6).toString("hex")}`;
  await makeFolder(draft, options.credentials);
  await initialise(draft, options);
  // Two at once make the same template: the second finds the first's in its place, and drops its own.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
  return template;
}

async function initialise(directory: string, options: ClusterOptions): Promise<void> {
  const { binaries, credentials, isDurable } = options;
  const { path } = grantFolder(directory, credentials);
  const args = [
    ...["-D", path, "--username", SUPERUSER, "--auth", "reject"],
    ...["--encoding", "UTF8", "--locale", "C", "--no-instructions", ...(isDurable ? [] : ["--no-sync"])],
  ];
  await run(directory, { command: binaries.initdb, args }, options);
  await writeFile(join(directory, "pg_hba.conf"), HOST_BASED_AUTHENTICATION);
  await runSingleUser(directory, `CREATE DATABASE ${DATABASE}\n`, options);
}

/** Each line of `statements` is one statement; they go by standard input, so that a password is in no argument. */
async function runSingleUser(directory: string, statements: string, options: ClusterOptions): Promise<void> {
  const sync = options.isDurable ? "fsync=on" : "fsync=off";
  const quiet = ["-c", "log_checkpoints=off", "-c", "exit_on_error=on"];
  const { path } = grantFolder(directory, options.credentials);
  const args = ["--single", "-D", path, "-c", sync, ...quiet, SUPERUSER];
  await run(directory, { command: options.binaries.postgres, args, input: statements }, options);
}

async function run(
  directory: string,
  command: { readonly command: string; readonly args: readonly string[]; readonly input?: string },
  { credentials, log }: ClusterOptions,
): Promise<void> {
  const logStart = log.sizeBytes;
  const running = await spawnGuarded({
    ...command,
    openFolder: grantFolder(directory, credentials).openFolder,
    credentials,
    output: log.descriptor,
    orphanSignal: "KILL",
  });
  const exit = await running.exited;
  if ("code" in exit && exit.code === 0) return;
  throw new ServerStartError("postgres", `${command.command} failed`, log.path, log.readSince(logStart));
}

async function makeFolder(directory: string, { uid, gid }: Credentials): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  if (uid !== undefined && gid !== undefined) await chown(directory, uid, gid);
}

/** With owners and modes, which Node's own copying does not keep. */
function copyTree(from: string, to: string): boolean {
  return spawnSync("cp", ["-pR", `${from}/.`, to], { stdio: "ignore" }).status === 0;
}

async function removeDrafts(directory: string): Promise<void> {
  const parent = dirname(directory);
  const isDraft = (name: string): boolean => join(parent, name).startsWith(`${directory}.`);
  for (const name of (await readdir(parent)).filter(isDraft)) {
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 });
  }
}
