import DataLoader from "dataloader";
import { maxNodesPerCommand } from "../../contracts/index.ts";

/** Asks the boot agent to let nodes that wait in PXE go on. Whatever one tick asks for is one command. */
export interface Waker {
  /** Whether the boot agent took the wish; that the node is awake, it says itself. Asked again, it does no harm. */
  wake(node: string): Promise<boolean>;
}

/** `send` publishes `wake` for nodes, and tells whether it was taken. */
export function createWaker(send: (nodelist: string[]) => Promise<boolean>): Waker {
  const wishes = new DataLoader<string, boolean>(
    async (nodes) => {
      const isTaken = await send([...new Set(nodes)]).catch(() => false);
      return nodes.map(() => isTaken);
    },
    { cache: false, maxBatchSize: maxNodesPerCommand, batchScheduleFn: (load) => void setImmediate(load) },
  );
  return { wake: (node) => wishes.load(node) };
}
