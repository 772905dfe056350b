import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";

/** What QEMU tells without being asked, as `SHUTDOWN` with its reason. */
export interface QmpEvent {
  readonly event: string;
  readonly data?: { readonly guest?: boolean; readonly reason?: string };
}

/** QEMU's Machine Protocol on its socket. */
export interface Qmp {
  /** @throws Error with QEMU's refusal, or when it ended without an answer. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<void>;
  close(): void;
}

interface Answer {
  readonly id?: number;
  readonly error?: { readonly desc: string };
}

/** Connects and shakes hands; rejects when nobody listens there. */
export async function connectQmp(socketPath: string, onEvent: (event: QmpEvent) => void): Promise<Qmp> {
  const socket = connect(socketPath);
  await once(socket, "connect");
  const waiting = new Map<number, (error?: Error) => void>();
  let lastId = 0;
  const lines = createInterface({ input: socket });
  lines.on("line", (line) => {
    const message = JSON.parse(line) as Answer & Partial<QmpEvent>;
    if (message.event !== undefined) onEvent(message as QmpEvent);
    if (message.id === undefined) return;
    waiting.get(message.id)?.(message.error && new Error(`QEMU refused: ${message.error.desc}`));
    waiting.delete(message.id);
  });
  // A machine that is killed tears it; whoever waits is told by its end.
  for (const torn of [socket, lines]) torn.on("error", () => undefined);
  socket.once("close", () => {
    for (const settle of waiting.values()) settle(new Error("QEMU ended without an answer"));
    waiting.clear();
  });
  const execute: Qmp["execute"] = (command, args = {}) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      const settle = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      waiting.set(id, settle);
      if (!socket.destroyed) socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
      else settle(new Error("QEMU is gone"));
    });
  await execute("qmp_capabilities");
  return { execute, close: () => void socket.destroy() };
}
