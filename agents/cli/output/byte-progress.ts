import { createByteMeter } from "./byte-meter.ts";
import { barLook } from "./progress-bar.ts";
import { stripControls } from "./strip-controls.ts";
import type { TextWriter } from "./text-writer.ts";

/** How often what is no terminal gets a line, milliseconds. */
const lineEveryMs = 5_000;

/** How far one thing is, in bytes: a bar at a terminal, else a line now and then. */
export interface ByteProgress {
  advance(bytesDone: number, bytesTotal?: number): void;
  /** Takes the bar away. May be called again. */
  stop(): void;
}

export async function startByteProgress(
  writer: TextWriter,
  label: string,
  now: () => number = () => performance.now(),
): Promise<ByteProgress> {
  const meter = createByteMeter(now);
  const name = stripControls(label);
  if (!writer.isTerminal) {
    let toldAt = now();
    return {
      advance(bytesDone, bytesTotal) {
        meter.note(bytesDone);
        if (now() - toldAt < lineEveryMs) return;
        toldAt = now();
        void writer.write(`${name}: ${meter.words(bytesTotal)}\n`);
      },
      stop: () => undefined,
    };
  }
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    stream: writer.stream,
    format: "{bar} {name}: {words}",
    ...barLook,
  });
  let isStarted = false;
  return {
    advance(bytesDone, bytesTotal) {
      meter.note(bytesDone);
      const total = Math.max(bytesTotal ?? 0, bytesDone, 1);
      const words = meter.words(bytesTotal);
      if (isStarted) {
        bar.setTotal(total);
        bar.update(bytesDone, { words });
      } else bar.start(total, bytesDone, { name, words });
      isStarted = true;
    },
    stop() {
      if (isStarted) bar.stop();
      isStarted = false;
    },
  };
}
