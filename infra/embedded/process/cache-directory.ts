import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where things are kept that can be made again: `/var/cache/reveille` for root, open for all to read, since root's
 * children run as nobody; else `reveille` in XDG_CACHE_HOME or `~/.cache`.
 */
export async function cacheDirectory(): Promise<string> {
  const isRoot = process.getuid?.() === 0;
  const directory = join(isRoot ? "/var/cache" : findUserCache(), "reveille");
  await mkdir(directory, { recursive: true, mode: isRoot ? 0o755 : 0o700 });
  return directory;
}

function findUserCache(): string {
  const asked = process.env["XDG_CACHE_HOME"];
  return asked === undefined || asked === "" ? join(homedir(), ".cache") : asked;
}
