import type { Writable } from "node:stream";

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Writes text with back-pressure, and outlives its reader. */
export interface TextWriter {
  readonly stream: OutputStream;
  readonly isTerminal: boolean;
  /** False once whoever read it went away (`| head`): further text is dropped, and need not be made. */
  readonly hasReader: boolean;
  /** Resolves when more may be written. Rejects if the stream broke, a reader who left apart. */
  write(text: string): Promise<void>;
}

export function createTextWriter(stream: OutputStream): TextWriter {
  let failure: Error | undefined;
  let hasReader = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") hasReader = false;
    else failure = error;
  });
  return {
    stream,
    isTerminal: stream.isTTY === true,
    get hasReader() {
      return hasReader;
    },
    async write(text) {
      if (hasReader && !failure && !stream.write(text)) await drained(stream);
      if (failure) throw failure;
    },
  };
}

function drained(stream: OutputStream): Promise<void> {
  return new Promise((resolve) => {
    const events = ["drain", "error", "close"];
    const done = () => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}
