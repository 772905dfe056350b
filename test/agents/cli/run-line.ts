import { Writable } from "node:stream";
import { runCommandLine } from "../../../agents/cli/main.ts";
import { createTextWriter } from "../../../agents/cli/output/text-writer.ts";
import type { Surroundings } from "../../../agents/cli/surroundings.ts";
import { type FakeSite, createFakeCoordinator, opId } from "./fake-coordinator.ts";

/** A stream that keeps what is written to it. */
export class Screen extends Writable {
  text = "";
  readonly isTTY: boolean;

  constructor(options: { isTTY?: boolean } = {}) {
    super({ decodeStrings: false });
    this.isTTY = options.isTTY ?? false;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface Scene extends FakeSite {
  readonly isTerminal?: boolean;
  /** What the person answers; without it nobody is there to ask. */
  readonly answer?: boolean;
  readonly stdin?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Thrown instead of connecting. */
  readonly busError?: Error;
  /** Called once the command listens for Ctrl-C; press it by calling `interrupt`. */
  readonly onListening?: (interrupt: () => void) => void;
}

export interface Played {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | undefined;
  readonly asked: readonly (readonly unknown[])[];
  readonly questions: readonly string[];
  /** What was submitted, if anything: verb, args, options. */
  readonly submitted: readonly unknown[] | undefined;
  /** The last line of stdout. */
  readonly document: unknown;
}

/** Runs one command line against a site in memory. */
export async function runLine(argv: readonly string[], scene: Scene = {}): Promise<Played> {
  const stdout = new Screen({ isTTY: scene.isTerminal ?? false });
  const stderr = new Screen({ isTTY: scene.isTerminal ?? false });
  const coordinator = createFakeCoordinator(scene);
  const questions: string[] = [];
  let status: number | undefined;
  const surroundings: Surroundings = {
    stdout: createTextWriter(stdout),
    stderr: createTextWriter(stderr),
    env: {},
    canAsk: scene.answer !== undefined,
    async ask(question) {
      questions.push(question);
      return scene.answer ?? false;
    },
    readStdin: async () => scene.stdin ?? "",
    readFile: async (path) => {
      const text = scene.files?.[path];
      if (text !== undefined) return text;
      throw Object.assign(new Error(`no such file ${path}`), { code: "ENOENT" });
    },
    ensureKey: async (path) => `public half of ${path}`,
    async openBus() {
      if (scene.busError) throw scene.busError;
      return coordinator;
    },
    newOpId: () => opId,
    onInterrupt(listener) {
      scene.onListening?.(listener);
      return () => undefined;
    },
    setExitStatus: (newStatus) => (status = newStatus),
  };
  await runCommandLine(argv, surroundings);
  const submitted = coordinator.asked.find(([kind]) => kind === "submit")?.slice(1);
  const lastLine = stdout.text.trimEnd().split("\n").at(-1) ?? "";
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    status,
    asked: coordinator.asked,
    questions,
    submitted,
    get document() {
      return JSON.parse(lastLine) as unknown;
    },
  };
}
