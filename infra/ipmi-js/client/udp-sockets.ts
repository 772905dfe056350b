import { type RemoteInfo, type Socket, type SocketType, createSocket } from "node:dgram";
import { once } from "node:events";

/** Where received packets go. */
export type Receive = (packet: Uint8Array, from: RemoteInfo) => void;

const WANTED_RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * A few UDP sockets that any number of BMCs share, bound when first needed. They do not keep the process alive; what
 * waits for an answer does. Packets too many for a receive buffer are lost without a word: with Linux's default limits a
 * socket holds some 400 answers at once.
 */
export class UdpSockets {
  readonly #type: SocketType;
  readonly #count: number;
  readonly #receive: Receive;
  #opening: Promise<readonly Socket[]> | undefined;
  #sockets: readonly Socket[] = [];
  #next = 0;
  #isClosed = false;

  constructor(type: SocketType, options: { readonly count: number; readonly receive: Receive }) {
    this.#type = type;
    this.#count = options.count;
    this.#receive = options.receive;
  }

  /** A socket for one more BMC; which one goes round. */
  async take(): Promise<Socket> {
    this.#opening ??= Promise.all(Array.from({ length: this.#count }, () => this.#open()));
    this.#sockets = await this.#opening;
    const socket = this.takeOpen();
    if (socket === undefined) throw new RangeError("at least one socket is needed");
    return socket;
  }

  /** The same at once, `undefined` before the sockets are open. */
  takeOpen(): Socket | undefined {
    return this.#sockets[this.#next++ % this.#sockets.length];
  }

  /** Closed sockets throw at whoever sends. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const sockets = (await this.#opening) ?? [];
    await Promise.all(
      sockets.map(async (socket) => {
        const closed = once(socket, "close");
        socket.close();
        await closed;
      }),
    );
  }

  async #open(): Promise<Socket> {
    // The addresses are IP addresses already: Node's own lookup would cost a tick a packet.
    const lookup = (address: string, _: object, done: (error: null, address: string, family: number) => void) => {
      done(null, address, this.#type === "udp6" ? 6 : 4);
    };
    const socket = createSocket({ type: this.#type, lookup } as Parameters<typeof createSocket>[0] & object);
    const listening = once(socket, "listening");
    socket.bind(0);
    await listening;
    socket.setRecvBufferSize(WANTED_RECEIVE_BUFFER_BYTES);
    socket.on("message", this.#receive);
    // What could not be sent (a network that is down) is a lost packet to the exchange that sent it. A callback for each
    // send would cost a tick a packet.
    socket.on("error", () => undefined);
    socket.unref();
    return socket;
  }
}
