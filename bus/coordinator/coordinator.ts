import type { Asker } from "./query.ts";

/** What following operations needs besides a place on the bus. */
export interface Coordinator extends Asker {
  /** Tells of every reconnect until the function that it returns is called. */
  readonly onReconnect: (listener: () => void) => () => void;
  /** The same for the end of the connection, after which nothing can come any more. */
  readonly onClose: (listener: () => void) => () => void;
}
