import type { NodeResult } from "../../contracts/index.ts";
import type { EarlyEnd } from "../../infra/db/index.ts";

/** What a node's run ends with that does not come to its own end. */
export type EarlyEnding = Pick<NodeResult, "outcome" | "reason" | "detail">;

/** What nodes end with that were not touched before more of their wave had failed than it allows. */
export const tooManyFailures: EarlyEnding = { outcome: "skipped", reason: "too-many-failures" };

/** What nodes end with that are not begun, or in a step that may be left, when their operation is cancelled or overdue. */
export function earlyEndingBy(by: EarlyEnd, deadlineAt: Date | null): EarlyEnding {
  switch (by) {
    case "cancelled-by-user":
      return { outcome: "cancelled", reason: by };
    case "deadline-exceeded":
      return { outcome: "expired", reason: by, detail: `its deadline was ${deadlineAt?.toISOString()}` };
  }
}

/** The reason of a signal that ends runs early. */
export class EndsEarly extends Error {
  readonly ending: EarlyEnding;
  constructor(ending: EarlyEnding) {
    super(`the operation ends early: ${ending.reason}`);
    this.ending = ending;
  }
}
