import { ALREADY_ACTIVE, PAYLOAD_DISABLED, activatePayload } from "../commands/payload/activate-payload.ts";
import { deactivatePayload } from "../commands/payload/deactivate-payload.ts";
import { getChannelPayloadSupport, getChannelPayloadVersion } from "../commands/payload/get-channel-payload-support.ts";
import { getPayloadActivationStatus } from "../commands/payload/get-payload-activation-status.ts";
import { getSolConfiguration } from "../commands/payload/get-sol-configuration.ts";
import { PAYLOAD } from "../wire/rmcp-plus.ts";
import { type SolPacket, decodeSolPacket, encodeSolPacket } from "../wire/sol-packet.ts";
import type { BmcSession, Remote } from "./bmc-session.ts";
import { type CommandHandler, answering } from "./command-answer.ts";
import type { SerialLine, SerialPort } from "./serial-port.ts";
import { SolOutput } from "./sol-output.ts";

const PACKET_BYTES = 200;
const NOT_ACTIVE = 0x80;
const NO_SUCH_PARAMETER = 0x80;
/** Parameters of table 26-5, by selector: set complete, enabled, authentication, accumulation, retry, 115,200 Bd twice. */
const CONFIGURATION: Readonly<Record<number, readonly number[]>> = {
  0: [0],
  1: [1],
  2: [0xc3],
  3: [10, PACKET_BYTES],
  4: [7, 50],
  5: [10],
  6: [10],
  7: [1],
};

interface ActiveSol {
  readonly session: BmcSession;
  readonly line: SerialLine;
  readonly output: SolOutput;
  lastSequence: number;
  readonly send: (packet: Partial<SolPacket>) => void;
}

/** The BMC's Serial over LAN: one console at a time on the machine's serial port. */
export class SolService {
  readonly #port: SerialPort | undefined;
  readonly #send: (packet: Uint8Array, remote: Remote) => void;
  #active: ActiveSol | undefined;

  constructor(port: SerialPort | undefined, send: (packet: Uint8Array, remote: Remote) => void) {
    this.#port = port;
    this.#send = send;
  }

  handlers(udpPort: () => number): readonly CommandHandler[] {
    return [
      answering(getChannelPayloadSupport, () => ({ hasSol: this.#port !== undefined })),
      answering(getChannelPayloadVersion, () => ({ major: 1, minor: 0 })),
      answering(getPayloadActivationStatus, ({ payloadType }) => ({
        isActive: payloadType === PAYLOAD.sol && this.#active !== undefined,
      })),
      answering(getSolConfiguration, ({ selector, isRevisionOnly }) => {
        if (isRevisionOnly) return { data: new Uint8Array(0) };
        const value = CONFIGURATION[selector];
        if (selector === 8) return { data: Uint8Array.of(udpPort(), udpPort() >>> 8) };
        return value === undefined ? NO_SUCH_PARAMETER : { data: Uint8Array.from(value) };
      }),
      answering(activatePayload, (_, session) => {
        if (this.#port === undefined) return PAYLOAD_DISABLED;
        if (this.#active !== undefined && this.#active.session !== session) return ALREADY_ACTIVE;
        this.#active ??= this.#activate(this.#port, session);
        return { toBmcBytes: PACKET_BYTES, fromBmcBytes: PACKET_BYTES, port: udpPort() };
      }),
      answering(deactivatePayload, () => {
        if (this.#active === undefined) return NOT_ACTIVE;
        this.#active.send({ isDeactivated: true });
        this.stop();
        return {};
      }),
    ];
  }

  receive(session: BmcSession, payload: Uint8Array): void {
    const active = this.#active;
    const packet = decodeSolPacket(payload);
    if (packet === undefined || active?.session !== session) return;
    if (packet.acknowledged !== 0) active.output.acknowledge(packet);
    if (packet.sequence === 0) return;
    if (packet.sequence !== active.lastSequence && packet.data.length > 0) active.line.input(packet.data.slice());
    active.lastSequence = packet.sequence;
    active.send({ acknowledged: packet.sequence, acceptedCount: packet.data.length });
  }

  /** Ends SOL if it was this session's. */
  sessionEnded(session: BmcSession): void {
    if (this.#active?.session === session) this.stop();
  }

  stop(): void {
    this.#active?.output.stop();
    this.#active?.line.close();
    this.#active = undefined;
  }

  #activate(port: SerialPort, session: BmcSession): ActiveSol {
    const send = (packet: Partial<SolPacket>) => {
      const sealed = session.channel?.seal(PAYLOAD.sol, encodeSolPacket(packet));
      if (sealed !== undefined) this.#send(sealed, session.remote);
    };
    const output = new SolOutput(send, PACKET_BYTES);
    const line = port.open((bytes) => output.push(bytes));
    return { session, line, output, lastSequence: 0, send };
  }
}
