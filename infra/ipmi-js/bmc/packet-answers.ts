import { decodePresence, encodePresencePong } from "../wire/asf-presence.ts";
import { COMPLETION } from "../wire/completion-code.ts";
import { type IpmiRequest, decodeIpmiRequest, encodeIpmiResponse } from "../wire/ipmi-message.ts";
import { decodeIpmi15Packet, encodeIpmi15Packet } from "../wire/ipmi15-packet.ts";
import {
  PAYLOAD,
  type RmcpPlusHeader,
  decodeRmcpPlusHeader,
  encodeUnprotectedPacket,
  isRmcpPlus,
  payloadOf,
} from "../wire/rmcp-plus.ts";
import type { BmcSession, Remote } from "./bmc-session.ts";
import { type CommandAnswer, type CommandHandler, refusal } from "./command-answer.ts";
import type { SolService } from "./sol-service.ts";
import { type SetUpContext, answerOpenSession, answerRakp1, answerRakp3 } from "./set-up-answers.ts";

/** What a BMC is like at the moment. */
export interface Condition {
  readonly isBusy: boolean;
  readonly hasNoSlots: boolean;
}

/** From a packet to its answer; `undefined` for everything that a BMC is silent about. */
export class PacketAnswers {
  readonly #context: Omit<SetUpContext, "hasNoSlots">;
  readonly #handlers: ReadonlyMap<number, CommandHandler>;
  readonly #sol: SolService;

  constructor(context: Omit<SetUpContext, "hasNoSlots">, handlers: readonly CommandHandler[], sol: SolService) {
    this.#context = context;
    this.#sol = sol;
    this.#handlers = new Map(handlers.map((handler) => [handlerKey(handler), handler]));
  }

  answer(packet: Uint8Array, remote: Remote, condition: Condition): Uint8Array | undefined {
    const presence = decodePresence(packet);
    if (presence?.kind === "ping") return encodePresencePong(presence.tag);
    if (!isRmcpPlus(packet)) return this.#answerIpmi15(packet);
    const header = decodeRmcpPlusHeader(packet);
    if (header === undefined) return undefined;
    if (header.sessionId !== 0) return this.#answerSession(packet, header, condition);
    return this.#answerSetUp(payloadOf(packet, header), header.payloadType, { remote, condition });
  }

  #answerSetUp(
    payload: Uint8Array,
    payloadType: number,
    { remote, condition }: { readonly remote: Remote; readonly condition: Condition },
  ): Uint8Array | undefined {
    const context = { ...this.#context, hasNoSlots: condition.hasNoSlots };
    switch (payloadType) {
      case PAYLOAD.openSessionRequest:
        return wrap(PAYLOAD.openSessionResponse, answerOpenSession(context, payload, remote));
      case PAYLOAD.rakp1:
        return wrap(PAYLOAD.rakp2, answerRakp1(context, payload));
      case PAYLOAD.rakp3:
        return wrap(PAYLOAD.rakp4, answerRakp3(context, payload));
      case PAYLOAD.ipmi:
        return wrap(PAYLOAD.ipmi, this.#answerMessage(payload));
      default:
        return undefined;
    }
  }

  #answerIpmi15(packet: Uint8Array): Uint8Array | undefined {
    const message = decodeIpmi15Packet(packet);
    const answer = message === undefined ? undefined : this.#answerMessage(message);
    return answer === undefined ? undefined : encodeIpmi15Packet(answer);
  }

  /** A message outside any session. */
  #answerMessage(message: Uint8Array): Uint8Array | undefined {
    const request = decodeIpmiRequest(message);
    return request === undefined ? undefined : this.#encode(request, this.#carryOut(request, undefined));
  }

  #answerSession(packet: Uint8Array, header: RmcpPlusHeader, condition: Condition): Uint8Array | undefined {
    const session = this.#context.slots.get(header.sessionId);
    const payload = session?.channel?.open(packet, header);
    if (session?.channel === undefined || payload === undefined) return undefined;
    session.usedAt = performance.now();
    if (header.payloadType === PAYLOAD.sol) this.#sol.receive(session, payload);
    if (header.payloadType !== PAYLOAD.ipmi) return undefined;
    const request = decodeIpmiRequest(payload);
    if (request === undefined) return undefined;
    const answer = condition.isBusy ? refusal(COMPLETION.nodeBusy) : this.#carryOut(request, session);
    return session.channel.seal(PAYLOAD.ipmi, this.#encode(request, answer));
  }

  #carryOut(request: IpmiRequest, session: BmcSession | undefined): CommandAnswer {
    const handler = this.#handlers.get(handlerKey(request));
    return handler === undefined ? refusal(COMPLETION.invalidCommand) : handler.answer(request, session);
  }

  #encode(request: IpmiRequest, answer: CommandAnswer): Uint8Array {
    const message = encodeIpmiResponse(request, answer.completionCode, answer.data);
    if (this.#context.quirks.includes("nochecksumcheck")) {
      message[message.length - 1] = ((message[message.length - 1] ?? 0) + 1) & 0xff;
    }
    return message;
  }
}

function handlerKey({ netFn, command }: { readonly netFn: number; readonly command: number }): number {
  return (netFn << 8) | command;
}

function wrap(payloadType: number, payload: Uint8Array | undefined): Uint8Array | undefined {
  return payload === undefined ? undefined : encodeUnprotectedPacket(payloadType, payload);
}
