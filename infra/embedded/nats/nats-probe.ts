import { connect } from "node:net";

const PATIENCE_MS = 1_000;

/** Whether the server with this name greets on a port of 127.0.0.1, rather than nobody or somebody else. */
export async function greetsAs(serverName: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: PATIENCE_MS });
    let greeting = "";
    const end = (greets: boolean): void => {
      socket.destroy();
      resolve(greets);
    };
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      greeting += text;
      // The first line is `INFO {"server_id":…,"server_name":…}`.
      if (greeting.includes("\n")) end(greeting.includes(JSON.stringify(serverName)));
    });
    socket.on("error", () => end(false));
    socket.on("timeout", () => end(false));
    socket.on("close", () => end(false));
  });
}
