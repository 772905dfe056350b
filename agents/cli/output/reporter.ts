import type { NodeEvent } from "../../../contracts/index.ts";
import type { Operation } from "../coordinator.ts";
import type { Surroundings } from "../surroundings.ts";
import { createByteMeter } from "./byte-meter.ts";
import { coloursFor } from "./colours.ts";
import { formatResult, formatStep } from "./format-result.ts";
import { encodeJson } from "./json-documents.ts";
import { createLoadBytes } from "./load-bytes.ts";
import { type ProgressBar, startProgressBar } from "./progress-bar.ts";

/** What goes to stdout: lines for people, one JSON document, or JSON events and then that document. */
export type OutputMode = "text" | "json" | "events";

interface ReporterOptions {
  readonly mode: OutputMode;
  /** Every step of every node, on stderr. */
  readonly hasSteps: boolean;
}

/** Tells of an operation while it runs: each node's result as it comes, and a progress bar at a terminal, of loads with their bytes. */
interface Reporter {
  tell(event: NodeEvent): Promise<void>;
  stop(): void;
}

export async function startReporter(
  operation: Operation,
  surroundings: Pick<Surroundings, "stdout" | "stderr" | "env">,
  options: ReporterOptions,
): Promise<Reporter> {
  const { stdout, stderr, env } = surroundings;
  const colours = coloursFor(stdout, env);
  const bar: ProgressBar | undefined = await startProgressBar(stderr, operation.nodeCount);
  const bytes = createLoadBytes();
  const meter = createByteMeter();
  let done = 0;
  let failed = 0;

  function remarkBytes(event: NodeEvent): void {
    if (bar === undefined) return;
    const loaded = bytes.note(event);
    if (loaded === undefined) return;
    meter.note(loaded.written);
    bar.remark(meter.words(loaded.total));
  }

  async function tellResult(event: NodeEvent & { kind: "result" }): Promise<void> {
    done += 1;
    failed += event.result.status;
    if (options.mode === "text") {
      if (stdout.isTerminal) bar?.makeRoom();
      await stdout.write(`${formatResult(event.node, event.result, colours)}\n`);
    }
    bar?.advance({ done, failed, total: operation.nodeCount });
  }

  return {
    async tell(event) {
      remarkBytes(event);
      if (options.mode === "events") {
        if (stdout.isTerminal) bar?.makeRoom();
        await stdout.write(`${encodeJson(event)}\n`);
      }
      if (event.kind === "result") return tellResult(event);
      if (event.kind !== "step" || !options.hasSteps || options.mode === "events") return;
      bar?.makeRoom();
      await stderr.write(`${formatStep(event)}\n`);
    },
    stop: () => bar?.stop(),
  };
}
