import { request } from "node:http";
import type { StateReport } from "../../../contracts/index.ts";
import { createGate } from "./gate.ts";

const TIMEOUT_MS = 5_000;

/** A thousand machines that come up together must not overrun the boot agent's backlog of 511 connections. */
const gate = createGate(128);

/** Where and whence a report is sent. */
export interface ReportRoute {
  /** The boot agent's base URL, http. */
  readonly bootUrl: string;
  /** The node's own address: by it the boot agent knows the node. */
  readonly localAddress: string;
  readonly signal: AbortSignal;
}

/**
 * `POST /v1/state`, once. Resolves to the HTTP status.
 *
 * @throws when nothing answered within 5 s, or `signal` was aborted.
 */
export function postReport(report: StateReport, route: ReportRoute): Promise<number> {
  return gate.pass(() => {
    route.signal.throwIfAborted();
    return post(JSON.stringify(report), route);
  });
}

function post(body: string, { bootUrl, localAddress, signal }: ReportRoute): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL("/v1/state", bootUrl),
      {
        method: "POST",
        localAddress,
        signal,
        agent: false,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (answer) => {
        answer.on("error", reject);
        answer.on("end", () => resolve(answer.statusCode ?? 0));
        answer.resume();
      },
    );
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`no answer from ${bootUrl} within ${TIMEOUT_MS} ms`)));
    sent.on("error", reject);
    sent.end(body);
  });
}
