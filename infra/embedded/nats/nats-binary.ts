import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { BinaryMissingError } from "../errors.ts";

// Debian puts the server where a person's PATH does not look; Homebrew's folders are missing from a service's PATH.
const MORE_PLACES = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"];

/**
 * The nats-server of this machine: `NATS_SERVER_BIN`, else the first on PATH, else in the usual places.
 *
 * @throws BinaryMissingError when there is none, or `NATS_SERVER_BIN` names none.
 */
export function findNatsServer(environment: NodeJS.ProcessEnv = process.env): string {
  const asked = environment["NATS_SERVER_BIN"];
  if (asked !== undefined && asked !== "") {
    if (isExecutable(asked)) return asked;
    throw new BinaryMissingError(asked, "NATS_SERVER_BIN must name the program nats-server");
  }
  const places = [...(environment["PATH"] ?? "").split(delimiter), ...MORE_PLACES];
  const found = places.map((place) => join(place, "nats-server")).find(isExecutable);
  if (found === undefined) {
    throw new BinaryMissingError(
      "nats-server",
      "run `node infra/bootstrap.mjs`, or install it and set NATS_SERVER_BIN",
    );
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
