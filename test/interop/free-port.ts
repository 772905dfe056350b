import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/** A port of 127.0.0.1 that was free a moment ago, for a program that can't choose one itself. */
export async function freePort(protocol: "udp" | "tcp"): Promise<number> {
  const listener =
    protocol === "udp" ? createSocket("udp4").bind(0, "127.0.0.1") : createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { readonly port: number };
  const closed = once(listener, "close");
  listener.close();
  await closed;
  return port;
}
