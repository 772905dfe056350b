import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below every system's ephemeral range: while a server is down for a restart, a client that keeps dialling its port on
// loopback could otherwise be given that very port as its own, connect to itself and keep the server out.
const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;

/** Whether a TCP port of 127.0.0.1 can be bound now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A free TCP port of 127.0.0.1 between 20000 and 29999: `preferred` if that one is free, else one at random. */
export async function findFreePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await isPortFree(port)) return port;
  }
}
