/**
 * The catalogue of reasons: every refusal and every node's result names one of these literals, and nobody branches on a
 * message's text. `scope` says where it may stand: `operation` refuses a command as a whole (code -1), `node` ends one
 * node's run, `either` does one or the other. `retryable` says whether the same request may succeed without anybody changing anything; only a retryable
 * failure is ever tried again. `advice` is for a person, and says what to do next where there is something to do.
 */
export interface ReasonEntry {
  readonly scope: "operation" | "node" | "either" | "success";
  readonly retryable: boolean;
  readonly advice: string;
}
