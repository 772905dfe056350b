import { Agent, type OutgoingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { createGate } from "../machine/gate.ts";

const defaultTimeoutMs = 5_000;

/** A thousand machines that come up together must not overrun the boot agent's backlog of 511 connections. */
const gate = createGate(128);
/** One for all nodes of the process: it keeps the connections of each address apart, and closes idle ones soon. */
const connections = new Agent({ keepAlive: true, timeout: 4_000 });

export interface NodeRequest {
  readonly method?: "GET" | "POST";
  readonly token?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** An object goes as JSON, text as text/plain. */
  readonly body?: object | string;
  readonly signal: AbortSignal;
  /** For a question that may be held: it does not count among those that are let through at a time. Milliseconds, 5,000 by default. */
  readonly heldForMs?: number;
}

export interface NodeAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * One request of a node, from its own address.
 *
 * @throws when nothing answered in time, or `signal` was aborted.
 */
export function askFrom(localAddress: string, url: URL, asked: NodeRequest): Promise<NodeAnswer> {
  const send = async () => {
    asked.signal.throwIfAborted();
    return await sendOnce(localAddress, url, asked).catch((error: unknown) => {
      // A connection that was kept may have been closed by the other side just then.
      if (!(error instanceof StaleConnectionError)) throw error;
      return sendOnce(localAddress, url, asked);
    });
  };
  return asked.heldForMs === undefined ? gate.pass(send) : send();
}

class StaleConnectionError extends Error {
  readonly code = "stale-connection";
}

function sendOnce(localAddress: string, url: URL, asked: NodeRequest): Promise<NodeAnswer> {
  const { method = "GET", token, headers, body, signal, heldForMs = defaultTimeoutMs } = asked;
  const [type, content] = typeof body === "object" ? ["application/json", JSON.stringify(body)] : ["text/plain", body];
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        localAddress,
        signal,
        agent: connections,
        headers: {
          ...(content === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(content) }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      (answer) => {
        buffer(answer).then((bytes) => resolve({ status: answer.statusCode ?? 0, body: bytes }), reject);
      },
    );
    sent.setTimeout(heldForMs, () => sent.destroy(new Error(`no answer from ${url.host} within ${heldForMs} ms`)));
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && error.code === "ECONNRESET";
      reject(isStale ? new StaleConnectionError(error.message, { cause: error }) : error);
    });
    sent.end(content);
  });
}
