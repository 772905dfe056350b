import { setTimeout as pause } from "node:timers/promises";
import { createGate } from "../machine/gate.ts";
import { type NodeAnswer, type NodeRequest, askFrom } from "./node-http.ts";

/** Where a ramdisk asks, and as who. */
export interface RamdiskRoute {
  readonly address: string;
  readonly bootUrl: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** The boot agent did not give what is needed: `httpStatus` 0 if it did not answer. */
export class FetchError extends Error {
  readonly code = "fetch-failed";
  readonly httpStatus: number;

  constructor(path: string, httpStatus: number) {
    super(`${path} was answered ${httpStatus || "by nobody"}`);
    this.httpStatus = httpStatus;
  }
}

const maxTries = 12;
const retryPauseMs = 500;
/** The boot agent holds a question for 25 s. */
const heldForMs = 40_000;

/** So many chunks are under way at once in this process, of 4 MiB each. */
const chunkGate = createGate(8);

/** Asks until there is an answer that stands: what is away or busy is asked again. @throws FetchError. */
export async function fetchFrom(
  { address, bootUrl, token, signal }: RamdiskRoute,
  path: string,
  more: Partial<NodeRequest> = {},
): Promise<Buffer> {
  for (let tries = 1; ; tries++) {
    const answer = await askFrom(address, new URL(path, bootUrl), { token, signal, ...more }).catch((): NodeAnswer => ({
      status: 0,
      body: Buffer.alloc(0),
    }));
    signal.throwIfAborted();
    const { status, body } = answer;
    if (status >= 200 && status < 300) return body;
    const mayPass = status === 0 || status === 429 || status >= 500;
    if (!mayPass || tries === maxTries) throw new FetchError(path, status);
    await pause(retryPauseMs, undefined, { signal });
  }
}

/** The plan's lines; the answer is held while the transport of `image` (the first, without one) is not chosen. */
export async function fetchPlan(route: RamdiskRoute, image?: string): Promise<string> {
  const query = image === undefined ? "" : `?image=${encodeURIComponent(image)}`;
  return (await fetchFrom(route, `/v1/load${query}`, { heldForMs })).toString();
}

export function fetchChunk(route: RamdiskRoute, image: string, offset: number, length: number): Promise<Buffer> {
  const headers = { range: `bytes=${offset}-${offset + length - 1}` };
  return chunkGate.pass(() => fetchFrom(route, `/v1/images/${image}/data`, { headers, heldForMs }));
}
