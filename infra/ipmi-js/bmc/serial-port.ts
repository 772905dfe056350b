/** A machine's serial port, as its BMC sees it. */
export interface SerialPort {
  /** A console listens from now on, and is told all that the machine writes. */
  open(onOutput: (bytes: Uint8Array) => void): SerialLine;
}

/** A console's end of a serial port. */
export interface SerialLine {
  /** What somebody types at the console. */
  input(bytes: Uint8Array): void;
  close(): void;
}

/** A ready-made serial port for `startBmc`: what the machine writes goes to whoever listens, and to nobody else. */
export interface TestSerialPort extends SerialPort {
  /** The machine writes. */
  write(output: string | Uint8Array): void;
  /** Whether a console listens. */
  readonly isOpen: boolean;
}

export function createSerialPort(onInput: (bytes: Uint8Array) => void = () => undefined): TestSerialPort {
  const listeners = new Set<(bytes: Uint8Array) => void>();
  return {
    open(onOutput) {
      listeners.add(onOutput);
      return { input: onInput, close: () => void listeners.delete(onOutput) };
    },
    write(output) {
      const bytes = typeof output === "string" ? new TextEncoder().encode(output) : output;
      for (const listener of listeners) listener(bytes);
    },
    get isOpen() {
      return listeners.size > 0;
    },
  };
}
