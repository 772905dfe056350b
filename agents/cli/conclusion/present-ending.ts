import { type Retry, adviceOf, refusedCode } from "../../../contracts/index.ts";
import { coloursFor } from "../output/colours.ts";
import { foldSummary } from "../output/fold-summary.ts";
import { encodeJson, writeDocument } from "../output/json-documents.ts";
import type { OutputMode } from "../output/reporter.ts";
import { stripControls } from "../output/strip-controls.ts";
import type { Surroundings } from "../surroundings.ts";
import type { CommandRecord, Ending } from "./ending.ts";

export interface PresentOptions {
  readonly mode: OutputMode;
  /** Faults of ours with their stack. */
  readonly isDebug: boolean;
}

type Streams = Pick<Surroundings, "stdout" | "stderr" | "env">;

/** Prints what a command line ends with: the document for `--json`, else words for a person. */
export async function presentEnding(
  ending: Ending,
  record: CommandRecord,
  streams: Streams,
  options: PresentOptions,
): Promise<void> {
  if (options.mode === "text") await presentText(ending, record, streams);
  else await presentDocument(ending, record, streams);
  const words = wordsOf(ending, record, options);
  if (words !== undefined) await streams.stderr.write(`${words.split("\n").map(stripControls).join("\n")}\n`);
}

async function presentText(ending: Ending, record: CommandRecord, { stdout, env }: Streams): Promise<void> {
  if (ending.kind === "accepted") await stdout.write(`${record.op ?? ""}\n`);
  if (ending.kind !== "ended" || !stdout.isTerminal) return;
  const colours = coloursFor(stdout, env);
  const nodeCount = Object.keys(ending.results).length;
  const title = `${record.verb} ${record.op ?? ""}: ${nodeCount} nodes, code ${ending.code}`;
  await stdout.write(`\n${[colours.bold(title), ...foldSummary(ending.results, colours)].join("\n")}\n`);
}

async function presentDocument(ending: Ending, record: CommandRecord, { stdout }: Streams): Promise<void> {
  const head = { op: record.op ?? null, verb: record.verb, user: record.user ?? null };
  switch (ending.kind) {
    case "answered":
      return;
    case "accepted":
    case "detached":
      return stdout.write(`${encodeJson(head)}\n`);
    case "ended":
      return writeDocument(stdout, { ...head, code: ending.code, ...retryIn(ending) }, ending.results);
    case "refused":
      return writeDocument(stdout, { ...head, code: refusedCode, reason: ending.reason, detail: ending.detail }, {});
    case "unknown":
      return writeDocument(stdout, { ...head, code: null, reason: ending.reason, detail: messageOf(ending.cause) }, {});
  }
}

/** What goes to stderr, if anything. */
function wordsOf(ending: Ending, record: CommandRecord, options: PresentOptions): string | undefined {
  const followUp = record.followUp ?? (record.op === undefined ? undefined : `reveille wait ${record.op}`);
  const isOperation = record.followUp === undefined;
  const waiting = record.isSent ? followUp : undefined;
  switch (ending.kind) {
    case "answered":
    case "accepted":
      return undefined;
    case "ended":
      return ending.retry && retryWords[ending.retry];
    case "refused":
      return `reveille: refused (${ending.reason}): ${ending.detail}\n  ${adviceOf(ending.reason)}`;
    case "detached":
      return waiting
        ? `detached; the ${isOperation ? "operation" : "work"} goes on. To ${isOperation ? "wait for" : "look at"} it again: ${waiting}`
        : "nothing was asked for";
    case "unknown": {
      const stack = options.isDebug && ending.cause instanceof Error ? `\n${ending.cause.stack ?? ""}` : "";
      const next = waiting
        ? `\n  the ${isOperation ? "operation" : "work"} may go on; to see: ${waiting}`
        : "\n  run it again with --debug to see where";
      return `reveille: ${ending.reason}: ${messageOf(ending.cause)}${next}${stack}`;
    }
  }
}

const retryWords = {
  "may-help": "another try may help",
  futile: "another try does not help by itself: look at the nodes that failed",
} as const;

function retryIn({ retry }: Extract<Ending, { kind: "ended" }>): { readonly retry?: Retry } {
  return retry ? { retry } : {};
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
