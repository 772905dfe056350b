import type { OutputStream, TextWriter } from "./text-writer.ts";

/** A bar on the last line of a terminal; results are written above it. */
export interface ProgressBar {
  advance(counts: { readonly done: number; readonly failed: number; readonly total: number }): void;
  /** Words after the counts, apart by commas, the most dispensable first: as many of the last as the line has room for. */
  remark(words: string): void;
  /** Clears the bar's line, so that text can be written there; the bar comes back beneath by itself. */
  makeRoom(): void;
  /** Takes the bar away for good. */
  stop(): void;
}

const barSize = 30;
/** How every bar looks; none takes Ctrl-C from us. */
export const barLook = {
  barCompleteChar: "█",
  barIncompleteChar: "░",
  barsize: barSize,
  fps: 10,
  clearOnComplete: true,
  gracefulExit: false,
} as const;
/** What the counts and the duration take of a line at most, with what parts them. */
const countsSize = 42;
/** Of a terminal that does not say how wide it is. */
const usualColumns = 80;

const saveCursor = "\u001b7";
const restoreCursor = "\u001b8";
const eraseLine = "\r\u001b[2K";

/** The bar, or undefined if `writer` is no terminal. */
export async function startProgressBar(writer: TextWriter, total: number): Promise<ProgressBar | undefined> {
  if (!writer.isTerminal) return undefined;
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    stream: withoutCursorMemory(writer.stream),
    format: "{bar} {value}/{total} nodes, {failed} failed, {duration_formatted}{remark}",
    ...barLook,
    forceRedraw: true,
    // A terminal told not to wrap would cut the lines of results.
    linewrap: true,
    synchronousUpdate: false,
  });
  bar.start(total, 0, { failed: 0, remark: "" });
  return {
    advance({ done, failed, total: newTotal }) {
      if (newTotal !== bar.getTotal()) bar.setTotal(newTotal);
      bar.update(done, { failed });
    },
    remark(words) {
      const room = (writer.stream.columns ?? usualColumns) - barSize - countsSize;
      bar.update({ remark: lastThatFit(words.split(", "), room) });
    },
    makeRoom: () => void writer.stream.write(eraseLine),
    stop: () => bar.stop(),
  };
}

function lastThatFit(words: readonly string[], room: number): string {
  const text = words.map((word) => `, ${word}`).join("");
  return words.length === 0 || text.length <= room ? text : lastThatFit(words.slice(1), room);
}

/** The bar remembers where it began and goes back there at its end: that would be amid the results written since. */
function withoutCursorMemory(stream: OutputStream): OutputStream {
  const write = (text: string) => text === saveCursor || text === restoreCursor || stream.write(text);
  return Object.create(stream, { write: { value: write } }) as OutputStream;
}
