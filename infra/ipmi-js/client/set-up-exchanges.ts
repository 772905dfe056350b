import { type RmcpPlusHeader, payloadOf } from "../wire/rmcp-plus.ts";
import type { Call } from "./call.ts";
import type { SessionEnd } from "./demultiplexer.ts";
import { Exchange, type ExchangeEnd } from "./exchange.ts";
import type { Line } from "./line.ts";

/** Why no session came of a set-up. */
export type SetUpFailure =
  | { readonly kind: "silent" | "wrong-password" | "wrong-kg" | "aborted" }
  /** `isSilent`: the BMC had said nothing at all. */
  | { readonly kind: "deadline"; readonly step: string; readonly isSilent: boolean }
  /** `status`: IPMI 2.0 table 13-15. */
  | { readonly kind: "refused"; readonly step: string; readonly status: number };

/** On whose behalf a session is set up. */
export interface Ask {
  readonly call: Call;
  /** How long the first message may go unanswered. */
  readonly silentAfterMs: number;
  readonly onFirstSilence: () => void;
}

interface Step {
  /** As the specification names it. */
  readonly name: string;
  readonly packet: Uint8Array;
  readonly answerType: number;
}

type Decode<Answer> = (message: Uint8Array) => Answer | undefined;

interface Waiting {
  readonly answerType: number;
  /** True: it was the answer. */
  readonly offer: (message: Uint8Array) => boolean;
}

/** The exchanges of one session's set-up: unprotected messages, matched by type, tag and console session ID. */
export class SetUpExchanges implements SessionEnd {
  readonly remote: Line["remote"];
  readonly consoleSessionId: number;
  readonly #line: Line;
  readonly #ask: Ask;
  #tag: number;
  #waiting: Waiting | undefined;
  #hasHeard = false;
  #step = "";

  constructor(line: Line, ask: Ask) {
    this.#line = line;
    this.#ask = ask;
    this.remote = line.remote;
    this.consoleSessionId = line.demultiplexer.newSessionId();
    this.#tag = this.consoleSessionId & 0xff;
    line.demultiplexer.setSession(this.consoleSessionId, this);
  }

  /** The message tag of the next step; its retransmissions keep it. */
  nextTag(): number {
    this.#tag = (this.#tag + 1) & 0xff;
    return this.#tag;
  }

  /** Sends one step and waits for its answer. */
  ask<Answer extends { readonly tag: number }>(step: Step, decode: Decode<Answer>): Promise<ExchangeEnd<Answer>> {
    const { call, silentAfterMs, onFirstSilence } = this.#ask;
    const exchange = new Exchange<Answer>({
      nextCopy: () => step.packet,
      send: this.#line.send,
      roundTrip: this.#line.roundTrip,
      sweep: this.#line.sweep,
      deadlineAt: call.deadlineAt,
      silentAfterMs: this.#hasHeard ? Number.POSITIVE_INFINITY : silentAfterMs,
      signal: call.signal,
      onFirstSilence,
    });
    this.#step = step.name;
    const tag = this.#tag;
    const offer = (message: Uint8Array) => {
      const answer = decode(message);
      if (answer?.tag !== tag || exchange.hasEnded) return false;
      exchange.answer(answer);
      return true;
    };
    this.#waiting = { answerType: step.answerType, offer };
    return exchange.start();
  }

  /** What it means that the last step was not answered. A BMC that has been heard is not called silent, only late. */
  failure(end: Exclude<ExchangeEnd<unknown>, { kind: "answered" }>): SetUpFailure {
    if (end.kind === "aborted" || end.kind === "silent") return { kind: end.kind };
    return { kind: "deadline", step: this.#step, isSilent: !this.#hasHeard };
  }

  receive(packet: Uint8Array, header: RmcpPlusHeader): boolean {
    if (header.sessionId !== 0 || header.payloadType !== this.#waiting?.answerType) return false;
    if (!this.#waiting.offer(payloadOf(packet, header))) return false;
    this.#waiting = undefined;
    this.#hasHeard = true;
    return true;
  }

  /** Stops listening, unless a session has taken the console session ID over. */
  end(): void {
    this.#line.demultiplexer.deleteSession(this.consoleSessionId, this);
  }
}
