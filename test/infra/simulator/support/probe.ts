import { createConnection } from "node:net";

/** The liveness probe `tcp:PORT`: whether a connection is accepted. */
export function isAnswering(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port });
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
