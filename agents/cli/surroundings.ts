import type { Coordinator } from "./coordinator.ts";
import type { TextWriter } from "./output/text-writer.ts";

/** Which site to ask, when the command line says so. */
export interface BusOptions {
  /** `--context`: a path relative to the working directory. */
  readonly contextFile?: string | undefined;
  /** `--site`: instead of the context's. */
  readonly site?: string | undefined;
}

/** Everything a command touches outside itself, so that a test can stand in for a terminal, a bus and a person. */
export interface Surroundings {
  readonly stdout: TextWriter;
  readonly stderr: TextWriter;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person can be asked: stdin and stderr are a terminal. */
  readonly canAsk: boolean;
  /** Asks the person a yes-or-no question on stderr; false unless answered yes. */
  ask(question: string): Promise<boolean>;
  /** All of stdin, as UTF-8. */
  readStdin(): Promise<string>;
  readFile(path: string): Promise<string>;
  /** The public half of the nkey in a file, which is made, for its owner alone to read, if it is missing. Throws KeyFileError. */
  ensureKey(path: string): Promise<string>;
  /** Throws the bus's ContextError, KeyFileError or BusUnreachableError. */
  openBus(options: BusOptions): Promise<Coordinator>;
  newOpId(): string;
  /** Calls `listener` once, on the first Ctrl-C; returns how to stop listening. */
  onInterrupt(listener: () => void): () => void;
  setExitStatus(status: number): void;
}
