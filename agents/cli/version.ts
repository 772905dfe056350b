import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The package's version, from the nearest package.json above `directory`: sources and built code lie at different depths. */
export function readVersion(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    const path = join(at, "package.json");
    if (existsSync(path)) return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
    if (at === dirname(at)) return "unknown";
  }
}
