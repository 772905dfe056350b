import { type SolPacket, nextSolSequence } from "../wire/sol-packet.ts";

/** A packet that is not acknowledged is sent again after this. */
const RETRY_MS = 500;
const MAX_TRIES = 8;
/** What a console that doesn't listen misses: the oldest output goes first. */
const MAX_WAITING_BYTES = 64 * 1024;

/** The machine's output on its way to the console: one packet at a time, again until it is acknowledged. */
export class SolOutput {
  readonly #send: (packet: Partial<SolPacket>) => void;
  readonly #packetBytes: number;
  #waiting: Uint8Array = new Uint8Array(0);
  #sequence = 0;
  #outstanding: Uint8Array | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tries = 0;

  constructor(send: (packet: Partial<SolPacket>) => void, packetBytes: number) {
    this.#send = send;
    this.#packetBytes = packetBytes;
  }

  push(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#waiting, bytes]);
    this.#waiting = all.subarray(Math.max(0, all.length - MAX_WAITING_BYTES));
    if (this.#outstanding === undefined) this.#sendNext();
  }

  /** The console acknowledges; what it did not accept is sent again in the next packet. */
  acknowledge(packet: SolPacket): void {
    if (this.#outstanding === undefined || packet.acknowledged !== this.#sequence) return;
    clearTimeout(this.#timer);
    const rest = packet.isNack ? this.#outstanding : this.#outstanding.subarray(packet.acceptedCount);
    this.#outstanding = undefined;
    if (rest.length > 0) this.#waiting = Buffer.concat([rest, this.#waiting]);
    if (!packet.isNack) this.#sendNext();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#outstanding = undefined;
    this.#waiting = new Uint8Array(0);
  }

  #sendNext(): void {
    if (this.#waiting.length === 0) return;
    this.#outstanding = this.#waiting.subarray(0, this.#packetBytes);
    this.#waiting = this.#waiting.subarray(this.#packetBytes);
    this.#sequence = nextSolSequence(this.#sequence);
    this.#tries = 0;
    this.#sendOutstanding();
  }

  #sendOutstanding(): void {
    const data = this.#outstanding;
    if (data === undefined) return;
    this.#send({ sequence: this.#sequence, data });
    this.#tries++;
    this.#timer = setTimeout(() => {
      if (this.#tries < MAX_TRIES) this.#sendOutstanding();
      else this.stop();
    }, RETRY_MS).unref();
  }
}
