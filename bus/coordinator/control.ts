import { type ArgsOf, type Verb, type Working, agentOfVerb, defaultExpiryMs } from "../../contracts/index.ts";
import type { Coordinator } from "./coordinator.ts";
import { answerPauseMs, commandPayload, openExchange } from "./exchange.ts";
import type { Refusal } from "./operation.ts";
import { newOpId } from "./query.ts";

/** What an agent said to a command that makes no operation. */
export type ControlReply = { readonly ok: true; readonly answer: unknown } | ({ readonly ok: false } & Refusal);

export interface ControlOptions {
  readonly answerWithinMs?: number;
  /** Hears how far the agent has come, of a verb whose answer takes long; the time for the answer then begins anew. */
  readonly onWorking?: (progress: Pick<Working, "bytesDone" | "bytesTotal">) => void;
  /** The operation of the sender's on whose behalf it is sent. */
  readonly parentOp?: string;
  /** Of an acting verb: asks what would become of each node. */
  readonly isDryRun?: boolean;
}

/**
 * Sends a command that makes no operation of its own (`cancel-<verb>`), and gives the agent's answer, which may take
 * `answerWithinMs`, default 6 s.
 */
export async function control<V extends Verb>(
  coordinator: Coordinator,
  verb: V,
  args: ArgsOf<V>,
  { answerWithinMs = answerPauseMs * 3, onWorking, parentOp, isDryRun = false }: ControlOptions = {},
): Promise<ControlReply> {
  const op = newOpId();
  const exchange = openExchange(coordinator, { op, verb }, onWorking ? { onWorking } : {});
  try {
    const more = { ...(parentOp === undefined ? {} : { parentOp }), ...(isDryRun ? { dryRun: true as const } : {}) };
    exchange.publish(commandPayload(op, new Date(Date.now() + defaultExpiryMs), args, more));
    const said = await exchange.answer(answerWithinMs);
    switch (said.kind) {
      case "accepted":
        return { ok: true, answer: said.answer };
      case "refused":
        return { ok: false, ...said.refusal };
      case "nobody":
        return { ok: false, reason: "no-agent-listening", detail: `no ${agentOfVerb(verb)} agent is listening` };
      case "silence":
        return { ok: false, reason: "answer-lost", detail: "the agent did not answer; ask again, it does no harm" };
    }
  } finally {
    exchange.close();
  }
}
