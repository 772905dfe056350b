import type { ActingVerb } from "../../contracts/index.ts";
import type { AskOperation } from "./catch-up.ts";
import { control } from "./control.ts";
import type { Coordinator } from "./coordinator.ts";
import { type FollowedOperation, createFollowedOperation } from "./operation.ts";
import { ask } from "./query.ts";

/** A followed operation that asks, cancels and hears of reconnects through this coordinator. */
export function followedBy(
  coordinator: Coordinator,
  parts: { readonly id: string; readonly verb: ActingVerb; readonly user: string },
): FollowedOperation {
  const askOperation: AskOperation = (args) => ask(coordinator, "operation", args);
  return createFollowedOperation({
    ...parts,
    askOperation,
    cancel: async () => {
      const reply = await control(coordinator, `cancel-${parts.verb}`, { target: parts.id });
      return reply.ok ? { ok: true } : reply;
    },
    onReconnect: coordinator.onReconnect,
    onClose: coordinator.onClose,
  });
}
