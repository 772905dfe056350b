import type { ServiceName } from "../errors.ts";
import type { ProcessExit } from "./guarded-process.ts";

/** What happened to a server after it was first ready; the host logs it. A stop that was asked for is no event. */
export type ServiceEvent =
  | { readonly kind: "exited"; readonly service: ServiceName; readonly pid: number; readonly exit: ProcessExit }
  | { readonly kind: "restarted"; readonly service: ServiceName; readonly pid: number; readonly downMs: number }
  | {
      readonly kind: "restart-failed";
      readonly service: ServiceName;
      readonly error: Error;
      readonly retryInMs: number;
    };

export type ServiceListener = (event: ServiceEvent) => void;
