import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import ssh2, { type Connection, type ServerChannel } from "ssh2";
import { createHostKey } from "../../../infra/simulator/ssh/host-key.ts";

export type Exec = (channel: ServerChannel, command: string, connection: Connection) => void;

export interface TestSshServer {
  readonly port: number;
  readonly hostKey: string;
  /** The commands that were asked for, in order. */
  readonly commands: string[];
}

/** A real ssh server on a free port of 127.0.0.1 that lets one key in; it is gone when the test ends. */
export async function startSshServer(t: TestContext, authorizedKey: string, exec: Exec): Promise<TestSshServer> {
  // ssh2 cannot read every key of those that it makes itself, some three in a thousand.
  const hostKey = createHostKey(randomBytes(32));
  const [, authorizedBlob = ""] = authorizedKey.split(" ");
  const commands: string[] = [];
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey.privateFile()] }, (connection) => {
    connections.add(connection);
    connection.on("error", () => undefined);
    connection.on("authentication", (attempt) => {
      const isKnown = attempt.method === "publickey" && attempt.key.data.toString("base64") === authorizedBlob;
      if (isKnown && attempt.username === "root") attempt.accept();
      else attempt.reject(["publickey"]);
    });
    connection.on("session", (acceptSession) => {
      acceptSession().on("exec", (acceptExec, _reject, { command }) => {
        commands.push(command);
        exec(acceptExec(), command, connection);
      });
    });
  });
  t.after(() => {
    for (const connection of connections) connection.end();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, hostKey: hostKey.publicLine, commands };
}
