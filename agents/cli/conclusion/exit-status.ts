import { detachedExitStatus, exitStatusOf, refusedCode, unknownExitStatus } from "../../../contracts/index.ts";
import type { Ending } from "./ending.ts";

/** The process's exit status: 0, the count of nodes up to 250, 253 unknown, 254 detached, 255 refused. */
export function exitStatusOfEnding(ending: Ending): number {
  switch (ending.kind) {
    case "answered":
      return exitStatusOf(ending.missingCount ?? 0);
    case "accepted":
      return exitStatusOf(0);
    case "ended":
      return exitStatusOf(ending.code);
    case "refused":
      return exitStatusOf(refusedCode);
    case "detached":
      return detachedExitStatus;
    case "unknown":
      return unknownExitStatus;
  }
}
