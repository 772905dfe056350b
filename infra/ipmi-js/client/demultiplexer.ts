import type { RemoteInfo } from "node:dgram";
import { decodeIpmi15Packet } from "../wire/ipmi15-packet.ts";
import { readUint32 } from "../wire/little-endian.ts";
import {
  PAYLOAD,
  RMCP_PLUS_HEADER_BYTES,
  type RmcpPlusHeader,
  decodeRmcpPlusHeader,
  isRmcpPlus,
} from "../wire/rmcp-plus.ts";
import { lacksSessionId } from "../wire/setup/open-session-response.ts";
import type { RandomBytes } from "../crypto/random-bytes.ts";

/** One end of a session, or of its set-up: takes the packets that carry its console session ID. */
export interface SessionEnd {
  readonly remote: { readonly address: string; readonly port: number };
  /** False: not something it waits for. */
  receive(packet: Uint8Array, header: RmcpPlusHeader): boolean;
}

/** Waits for IPMI messages outside any session. */
export interface MessageEnd {
  receiveMessage(message: Uint8Array): boolean;
}

/**
 * Finds whose a packet is: by the console session ID (which is ours, and random), and only if it comes from the address
 * and port of that session's BMC. All else is counted and dropped, but for the refusals that lack the ID.
 */
export class Demultiplexer {
  readonly #sessions = new Map<number, SessionEnd>();
  readonly #messageEnds = new Map<string, MessageEnd>();
  readonly #randomBytes: RandomBytes;
  #strayPackets = 0;
  #receivedPackets = 0;

  constructor(randomBytes: RandomBytes) {
    this.#randomBytes = randomBytes;
  }

  /** Packets received that nobody waited for: late, doubled, forged or garbled. */
  get strayPackets(): number {
    return this.#strayPackets;
  }

  get receivedPackets(): number {
    return this.#receivedPackets;
  }

  /** A console session ID that is in no use; never 0. */
  newSessionId(): number {
    for (;;) {
      const id = readUint32(this.#randomBytes(4), 0);
      if (id !== 0 && !this.#sessions.has(id)) return id;
    }
  }

  setSession(consoleSessionId: number, end: SessionEnd): void {
    this.#sessions.set(consoleSessionId, end);
  }

  /** Deletes `end`; another end that has taken the ID over stays. */
  deleteSession(consoleSessionId: number, end: SessionEnd): void {
    if (this.#sessions.get(consoleSessionId) === end) this.#sessions.delete(consoleSessionId);
  }

  setMessageEnd(remote: { readonly address: string; readonly port: number }, end: MessageEnd | undefined): void {
    const key = `${remote.address}|${remote.port}`;
    if (end === undefined) this.#messageEnds.delete(key);
    else this.#messageEnds.set(key, end);
  }

  readonly receive = (packet: Uint8Array, from: RemoteInfo): void => {
    this.#receivedPackets++;
    const isTaken = isRmcpPlus(packet) ? this.#receiveRmcpPlus(packet, from) : this.#receiveIpmi15(packet, from);
    if (!isTaken) this.#strayPackets++;
  };

  #receiveRmcpPlus(packet: Uint8Array, from: RemoteInfo): boolean {
    const header = decodeRmcpPlusHeader(packet);
    if (header === undefined) return false;
    if (header.payloadType === PAYLOAD.openSessionResponse && lacksSessionId(header.payloadBytes)) {
      return this.#receiveShortRefusal(packet, header, from);
    }
    // Every message of the set-up has the console session ID in the same place.
    const id = header.sessionId === 0 ? readUint32(packet, RMCP_PLUS_HEADER_BYTES + 4) : header.sessionId;
    const end = this.#sessions.get(id);
    return end !== undefined && isFrom(end, from) && end.receive(packet, header);
  }

  /** Without an ID, a refusal is of the set-up with its sender that waits for its tag. */
  #receiveShortRefusal(packet: Uint8Array, header: RmcpPlusHeader, from: RemoteInfo): boolean {
    for (const end of this.#sessions.values()) if (isFrom(end, from) && end.receive(packet, header)) return true;
    return false;
  }

  #receiveIpmi15(packet: Uint8Array, from: RemoteInfo): boolean {
    const message = decodeIpmi15Packet(packet);
    const end = this.#messageEnds.get(`${from.address}|${from.port}`);
    return message !== undefined && end?.receiveMessage(message) === true;
  }
}

function isFrom(end: SessionEnd, from: RemoteInfo): boolean {
  return end.remote.address === from.address && end.remote.port === from.port;
}
