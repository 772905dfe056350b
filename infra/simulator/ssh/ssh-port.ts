import { randomInt } from "node:crypto";
import { once } from "node:events";
import { type Server, type Socket, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { AddressUnavailableError } from "../errors.ts";
import type { MachinePort } from "../machine/run.ts";

/** Below the ports that Linux gives to outgoing connections, so that none of those is ever in the way of a reopening. */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
const ATTEMPTS = 50;
const TAKEN_PAUSE_MS = 100;

/** A TCP port that is there only while its machine is up, and has the same number each time. */
export interface SshPort extends MachinePort {
  readonly port: number;
}

/**
 * Chooses a free port of `address`, and leaves it closed.
 *
 * @throws AddressUnavailableError when this machine does not have the address.
 */
export async function createSshPort(address: string, onConnection: (socket: Socket) => void): Promise<SshPort> {
  const port = await chooseFreePort(address);
  const sockets = new Set<Socket>();
  let server: Server | undefined;

  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    onConnection(socket);
  };

  return {
    port,
    async open(signal) {
      for (;;) {
        const opened = await listen({ address, port, accept }).catch(untaken);
        if (signal.aborted) opened?.close();
        signal.throwIfAborted();
        if (opened) {
          server = opened;
          return;
        }
        await pause(TAKEN_PAUSE_MS, undefined, { signal });
      }
    },
    close() {
      server?.close();
      server = undefined;
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function chooseFreePort(address: string): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    const server = await listen({ address, port, accept: (socket) => socket.destroy() }).catch(untaken);
    if (server) {
      server.close();
      await once(server, "close");
      return port;
    }
  }
  throw new AddressUnavailableError(address, new Error(`${ATTEMPTS} ports were taken`));
}

async function listen(at: {
  readonly address: string;
  readonly port: number;
  readonly accept: (socket: Socket) => void;
}): Promise<Server> {
  const server = createServer(at.accept);
  server.listen(at.port, at.address);
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRNOTAVAIL") throw new AddressUnavailableError(at.address, error);
    throw error;
  }
  return server;
}

/** Another process has the port for now; anything else is thrown. */
function untaken(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
}
