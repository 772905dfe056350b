import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

// Debian puts servers where a person's PATH does not look; Homebrew's folders are missing from a service's PATH.
const MORE_PLACES = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"];

/** Where a program is, or undefined. */
export function findProgram(program) {
  const places = [...(process.env.PATH ?? "").split(delimiter), ...MORE_PLACES].filter((place) => place !== "");
  return places.map((place) => join(place, program)).find(isProgram);
}

export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Runs a command with its output on stderr; true if it ended well. */
export function run([command, ...args]) {
  return spawnSync(command, args, { stdio: ["ignore", 2, 2] }).status === 0;
}
