import type { SecureChannel } from "../crypto/secure-channel.ts";
import { closeSession } from "../commands/app/close-session.ts";
import { type IpmiResponse, decodeIpmiResponse, encodeIpmiRequest } from "../wire/ipmi-message.ts";
import type { PrivilegeLevel } from "../wire/privilege-level.ts";
import { PAYLOAD, type RmcpPlusHeader } from "../wire/rmcp-plus.ts";
import type { Call } from "./call.ts";
import type { SessionEnd } from "./demultiplexer.ts";
import { Exchange, type ExchangeEnd, type ExchangeOptions } from "./exchange.ts";
import type { Line } from "./line.ts";
import { timeoutAfterCopy } from "./round-trip.ts";

/** A Close that nobody answers is sent this often; then the BMC's idle time-out takes over. */
const CLOSE_COPIES = 3;
/** Time for the last copy to leave. */
const LAST_COPY_MS = 50;
const FORGOTTEN_AFTER_MS = { least: 1_500, most: 3_000 } as const;

export interface SessionRequest {
  readonly netFn: number;
  readonly command: number;
  readonly data: Uint8Array;
}

/** What an answer has to match, and who waits for it. */
interface Pending extends Omit<SessionRequest, "data"> {
  readonly sequence: number;
  readonly exchange: Exchange<IpmiResponse>;
}

/** Asked before each copy; false: none may leave any more. */
export type MayLeave = (copy: number) => boolean;

export interface RequestOptions extends Pick<ExchangeOptions, "silentAfterMs" | "onFirstSilence" | "isLast"> {
  readonly mayLeave?: MayLeave;
}

/**
 * An open session: one request at a time, its answer matched by sequence number, network function and command. Each
 * copy of a request keeps its `rqSeq` and gets a new session sequence number, as IPMI 2.0 §6.12.13 wants.
 */
export class Session implements SessionEnd {
  readonly remote: Line["remote"];
  readonly consoleSessionId: number;
  readonly bmcSessionId: number;
  /** What Set Session Privilege Level has granted; a new session has `user`. */
  privilege: PrivilegeLevel = "user";
  /** When the BMC last proved that it still has this session, by `performance.now()`. */
  heardAt = performance.now();
  usedAt = performance.now();
  /** Takes SOL payloads of this session; false: not wanted. */
  onSol: (payload: Uint8Array) => boolean = () => false;
  readonly #line: Line;
  readonly #channel: SecureChannel;
  readonly #ignoreChecksums: boolean;
  #sequence = 0;
  #pending: Pending | undefined;

  constructor(
    line: Line,
    options: { readonly channel: SecureChannel; readonly consoleSessionId: number; readonly bmcSessionId: number },
  ) {
    this.#line = line;
    this.remote = line.remote;
    this.#channel = options.channel;
    this.consoleSessionId = options.consoleSessionId;
    this.bmcSessionId = options.bmcSessionId;
    this.#ignoreChecksums = line.target.quirks.includes("nochecksumcheck");
    line.demultiplexer.setSession(this.consoleSessionId, this);
  }

  /** How long this session's BMC may be silent before the session is taken for forgotten. */
  get forgottenAfterMs(): number {
    const { least, most } = FORGOTTEN_AFTER_MS;
    const { baseMs, longestMs } = this.#line.roundTrip;
    return Math.min(Math.max(least, 3 * baseMs, longestMs + baseMs), most);
  }

  request(request: SessionRequest, call: Call, options: RequestOptions): Promise<ExchangeEnd<IpmiResponse>> {
    this.#sequence = (this.#sequence + 1) & 0x3f;
    const { netFn, command, data } = request;
    const { mayLeave, silentAfterMs, onFirstSilence, isLast } = options;
    const message = encodeIpmiRequest({ netFn, command, sequence: this.#sequence, data });
    const exchange = new Exchange<IpmiResponse>({
      nextCopy: (copy) =>
        mayLeave === undefined || mayLeave(copy) ? this.#channel.seal(PAYLOAD.ipmi, message) : undefined,
      send: this.#line.send,
      roundTrip: this.#line.roundTrip,
      sweep: this.#line.sweep,
      deadlineAt: call.deadlineAt,
      signal: call.signal,
      silentAfterMs,
      onFirstSilence,
      isLast,
    });
    this.#pending = { netFn, command, sequence: this.#sequence, exchange };
    this.usedAt = performance.now();
    return exchange.start();
  }

  receive(packet: Uint8Array, header: RmcpPlusHeader): boolean {
    if (header.sessionId === 0) return false;
    const payload = this.#channel.open(packet, header);
    if (payload === undefined) return false;
    this.heardAt = performance.now();
    if (header.payloadType === PAYLOAD.sol) return this.onSol(payload);
    return header.payloadType === PAYLOAD.ipmi && this.#receiveResponse(payload);
  }

  /** The packet that carries a SOL payload. */
  sealSol(payload: Uint8Array): Uint8Array {
    return this.#channel.seal(PAYLOAD.sol, payload);
  }

  /** Forgets the session on this side alone. */
  forget(): void {
    this.#line.demultiplexer.deleteSession(this.consoleSessionId, this);
  }

  /** Tells the BMC, so that its slot is free; gives up quietly after three copies without an answer. */
  async close(): Promise<void> {
    const now = performance.now();
    const { baseMs } = this.#line.roundTrip;
    // Nothing would follow from the answer to the last copy: it is not waited for.
    const patienceMs = timeoutAfterCopy(baseMs, 1) + timeoutAfterCopy(baseMs, 2) + LAST_COPY_MS;
    await this.request(
      {
        netFn: closeSession.netFn,
        command: closeSession.command,
        data: closeSession.encodeRequest({ bmcSessionId: this.bmcSessionId }),
      },
      { startedAt: now, deadlineAt: now + patienceMs, signal: undefined },
      { silentAfterMs: patienceMs, mayLeave: (copy) => copy <= CLOSE_COPIES, isLast: true },
    );
    this.forget();
  }

  #receiveResponse(payload: Uint8Array): boolean {
    const response = decodeIpmiResponse(payload, { ignoreChecksums: this.#ignoreChecksums });
    const pending = this.#pending;
    if (response === undefined || pending === undefined || pending.exchange.hasEnded) return false;
    const { sequence, netFn, command } = response;
    if (sequence !== pending.sequence || netFn !== pending.netFn || command !== pending.command) return false;
    this.#pending = undefined;
    this.usedAt = this.heardAt;
    pending.exchange.answer(response);
    return true;
  }
}
