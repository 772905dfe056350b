import type { RefusalReason } from "../../../contracts/index.ts";
import { type CommandRecord, type Ending, RefusedError } from "./ending.ts";

/** Errors by their `code` that say nothing was asked for yet, and the reason each is told as. */
const refusals: Readonly<Record<string, RefusalReason>> = {
  "node-set-malformed": "malformed-arguments",
  "node-list-unreadable": "malformed-arguments",
  "context-unusable": "bus-unreachable",
  "key-file-unusable": "bus-unreachable",
  "bus-unreachable": "bus-unreachable",
};

/** How a command ends that threw. Once the command is sent, nobody can say any more that nothing was touched. */
export function endingOfError(error: unknown, record: CommandRecord): Ending {
  const code = codeOf(error);
  if (code === "answer-lost") return { kind: "unknown", reason: "answer-lost", cause: error };
  if (record.isSent || !(error instanceof Error)) return { kind: "unknown", reason: "internal-error", cause: error };
  if (error instanceof RefusedError) return { kind: "refused", reason: error.reason, detail: error.message };
  // Ctrl-C at a question: the terminal is then in raw mode, so that it comes as an error and not as a signal.
  if (error.name === "ExitPromptError") return { kind: "detached" };
  if (code.startsWith("commander.")) {
    return { kind: "refused", reason: "malformed-arguments", detail: error.message.replace(/^error: /u, "") };
  }
  const reason = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  if (reason) return { kind: "refused", reason, detail: error.message };
  return { kind: "unknown", reason: "internal-error", cause: error };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
