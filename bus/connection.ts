import { readFile } from "node:fs/promises";
import { type NatsConnection, connect as connectNats } from "@nats-io/transport-node";
import type { Identity } from "./identity.ts";

export interface BusOptions {
  /** `nats://host:port`, or `tls://host:port`. */
  readonly url: string;
  readonly identity: Identity;
  /** Shown in nats-server's monitoring. */
  readonly name: string;
  /** File of the certificate authority that signed the server's certificate; given, TLS is required. */
  readonly ca?: string;
}

/** Thrown when nats-server cannot be reached or refuses us; `cause` has its own word. */
export class BusUnreachableError extends Error {
  readonly code = "bus-unreachable";
}

/** How long one attempt to connect may take, milliseconds. */
const connectTimeoutMs = 5_000;

/** Connects, and from then on reconnects for ever: what was missed meanwhile is in the ledger. Throws BusUnreachableError. */
export async function connectBus(options: BusOptions): Promise<NatsConnection> {
  const { url, identity, name, ca } = options;
  try {
    return await connectNats({
      servers: url,
      name,
      timeout: connectTimeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      pingInterval: 15_000,
      ignoreAuthErrorAbort: true,
      authenticator: (nonce) => ({ nkey: identity.publicKey, sig: nonce ? identity.answerChallenge(nonce) : "" }),
      ...(ca === undefined ? {} : { tls: { ca: await readFile(ca, "utf8") } }),
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BusUnreachableError(`cannot connect to nats-server at ${url}: ${why}`, { cause });
  }
}
