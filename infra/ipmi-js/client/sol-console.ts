import { type SolPacket, decodeSolPacket, encodeSolPacket, nextSolSequence } from "../wire/sol-packet.ts";
import { Exchange } from "./exchange.ts";
import type { Line } from "./line.ts";
import type { Session } from "./session.ts";

/** A machine's serial console over LAN: iterate to read it, until it is closed or the BMC ends it. */
export interface SolConsole extends AsyncIterable<Uint8Array>, AsyncDisposable {
  /**
   * Types at the console; resolves when the BMC has accepted all of it.
   *
   * @throws BmcTimeoutError when it has not within `deadlineMs`, default 10,000.
   */
  write(input: string | Uint8Array, options?: { readonly deadlineMs?: number }): Promise<void>;
  /** Deactivates SOL and closes its session; what has been read already can still be iterated. */
  close(): Promise<void>;
}

/** Output that nobody has read: past this, no more is acknowledged, and the BMC keeps it. */
const MAX_UNREAD_BYTES = 256 * 1024;

/** Output and input of an activated SOL payload. */
export class SolStream {
  readonly #line: Line;
  readonly #session: Session;
  readonly #toBmcBytes: number;
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #lastReceived = 0;
  #lastSent = 0;
  #writing: { readonly sequence: number; readonly exchange: Exchange<SolPacket> } | undefined;
  #lastWrite: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #end: { readonly error: Error | undefined } | undefined;

  constructor(line: Line, session: Session, toBmcBytes: number) {
    this.#line = line;
    this.#session = session;
    // A packet's length has to fit the accepted character count, one byte.
    this.#toBmcBytes = Math.min(Math.max(toBmcBytes - 4, 1), 255);
    session.onSol = (payload) => this.#receive(payload);
  }

  /** No more comes; with `error`, the iteration throws it. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#unread.shift();
      if (chunk !== undefined) {
        this.#unreadBytes -= chunk.length;
        yield chunk;
      } else if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** Sends input, after what is being sent; `false` if the BMC does not accept it in time. */
  write(bytes: Uint8Array, deadlineMs: number): Promise<boolean> {
    const write = this.#lastWrite.then(() => this.#writeNow(bytes, performance.now() + deadlineMs));
    this.#lastWrite = write.then(() => undefined);
    return write;
  }

  async #writeNow(bytes: Uint8Array, deadlineAt: number): Promise<boolean> {
    let rest = bytes;
    while (rest.length > 0) {
      const data = rest.subarray(0, this.#toBmcBytes);
      this.#lastSent = nextSolSequence(this.#lastSent);
      const packet = encodeSolPacket({ sequence: this.#lastSent, data });
      const exchange = new Exchange<SolPacket>({
        nextCopy: () => this.#session.sealSol(packet),
        send: this.#line.send,
        roundTrip: this.#line.roundTrip,
        sweep: this.#line.sweep,
        deadlineAt,
        silentAfterMs: Number.POSITIVE_INFINITY,
      });
      this.#writing = { sequence: this.#lastSent, exchange };
      const end = await exchange.start();
      this.#writing = undefined;
      if (end.kind !== "answered") return false;
      rest = rest.subarray(Math.min(end.answer.acceptedCount, data.length));
    }
    return true;
  }

  #receive(payload: Uint8Array): boolean {
    const packet = decodeSolPacket(payload);
    if (packet === undefined) return false;
    const writing = this.#writing;
    if (packet.acknowledged !== 0 && packet.acknowledged === writing?.sequence && !packet.isNack) {
      this.#writing = undefined;
      writing.exchange.answer(packet);
    }
    if (packet.sequence !== 0) this.#take(packet);
    if (packet.isDeactivated) this.end();
    return true;
  }

  #take({ sequence, data }: SolPacket): void {
    if (this.#unreadBytes > MAX_UNREAD_BYTES) return;
    if (sequence !== this.#lastReceived) {
      this.#lastReceived = sequence;
      if (data.length > 0) {
        this.#unread.push(data.slice());
        this.#unreadBytes += data.length;
        this.#wake();
      }
    }
    const acknowledge = encodeSolPacket({ acknowledged: sequence, acceptedCount: data.length });
    this.#line.send(this.#session.sealSol(acknowledge));
  }
}
