import { readFile, writeFile } from "node:fs/promises";
import { PortInUseError } from "../errors.ts";
import { findFreePort, isPortFree } from "./free-port.ts";
import type { SupervisedServer } from "./supervised-server.ts";

const ATTEMPTS = 5;

/** A server that is up, and where. */
export interface ServerOnPort {
  readonly server: SupervisedServer;
  readonly port: number;
}

/**
 * Starts a server on the port that was asked for, or on the one that it had the last time (so that addresses which
 * others wrote down stay true), or on a free one; `memory` is the file that remembers it. Should somebody else take
 * the chosen port in the same moment, another is tried.
 *
 * @throws PortInUseError when the port that was asked for is taken.
 */
export async function startOnPort(
  memory: string,
  asked: number | undefined,
  start: (port: number) => Promise<SupervisedServer>,
): Promise<ServerOnPort> {
  for (let attempt = 1; ; attempt++) {
    if (asked !== undefined && !(await isPortFree(asked))) throw new PortInUseError(asked);
    const port = asked ?? (await findFreePort(attempt === 1 ? await readPort(memory) : undefined));
    try {
      const server = await start(port);
      await writeFile(memory, `${port}\n`);
      return { server, port };
    } catch (error) {
      if (attempt === ATTEMPTS || (await isPortFree(port))) throw error;
    }
  }
}

async function readPort(memory: string): Promise<number | undefined> {
  const port = Number(await readFile(memory, "utf8").catch(() => ""));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
