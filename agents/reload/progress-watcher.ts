import type { NatsConnection } from "@nats-io/transport-node";
import { LoadProgress, hasShape, parseJson, subjectsOf } from "../../contracts/index.ts";

/** How far the nodes that load have come, as the boot agent tells it. What is lost is made up for by the next. */
export interface ProgressWatcher {
  /** Tells of a node's progress until the function that it returns is called. */
  watch(node: string, listener: (progress: LoadProgress) => void): () => void;
  close(): Promise<void>;
}

export function createProgressWatcher(connection: NatsConnection, site: string): ProgressWatcher {
  const listeners = new Map<string, Set<(progress: LoadProgress) => void>>();
  const subscription = connection.subscribe(subjectsOf(site).progress("*"), {
    callback: (error, message) => {
      if (error) return;
      const parsed = parseJson(message.string());
      if (!parsed.ok || !hasShape(LoadProgress, parsed.value)) return;
      for (const listener of [...(listeners.get(parsed.value.node) ?? [])]) listener(parsed.value);
    },
  });
  return {
    watch(node, listener) {
      const ofNode = listeners.get(node) ?? new Set();
      listeners.set(node, ofNode.add(listener));
      return () => {
        ofNode.delete(listener);
        if (ofNode.size === 0 && listeners.get(node) === ofNode) listeners.delete(node);
      };
    },
    async close() {
      if (!connection.isClosed()) await subscription.drain();
    },
  };
}
