import type { Writable } from "node:stream";

/** Lines for a stream, written together once a turn of the event loop: a write a line costs more than the line. */
export interface BatchedLines {
  add(line: string): void;
  /** Resolves when all is written. */
  end(): Promise<void>;
}

export function createBatchedLines(stream: Writable): BatchedLines {
  let waiting = "";
  const flush = () => {
    const text = waiting;
    waiting = "";
    if (text !== "") stream.write(text);
  };
  return {
    add(line) {
      if (waiting === "") setImmediate(flush);
      waiting += `${line}\n`;
    },
    async end() {
      flush();
      await new Promise<void>((resolve) => {
        stream.write("", () => resolve());
      });
    },
  };
}
