import { type Verb, agentOfVerb, defaultExpiryMs } from "../../contracts/index.ts";
import type { Coordinator } from "./coordinator.ts";
import { answerPauseMs, commandPayload, openExchange } from "./exchange.ts";
import type { Refusal } from "./operation.ts";
import { newOpId } from "./query.ts";

/** Sends a command that makes no operation of its own (`cancel-<verb>`), and gives the agent's answer. */
export async function control(
  coordinator: Coordinator,
  verb: Verb,
  args: Record<string, unknown>,
): Promise<{ readonly ok: true } | ({ readonly ok: false } & Refusal)> {
  const op = newOpId();
  const exchange = openExchange(coordinator, { op, verb });
  try {
    exchange.publish(commandPayload(op, new Date(Date.now() + defaultExpiryMs), args));
    const said = await exchange.answer(answerPauseMs * 3);
    switch (said.kind) {
      case "accepted":
        return { ok: true };
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
