import type { ReloadArgs } from "../../contracts/index.ts";
import { countLoads, readImageRows } from "../../infra/db/index.ts";
import type { Admission, CommandKnock } from "../runtime/commands/handle-command.ts";
import { type ImageFacts, type ReloadCommand, decideAdmission, wantedImages } from "./admission.ts";

/** How a reload is admitted. */
export function admissionOf({ command: envelope }: CommandKnock, now: string): Admission<ImageFacts> {
  const command: ReloadCommand = {
    args: envelope.args as ReloadArgs,
    hasParent: envelope.parentOp !== undefined,
  };
  return {
    selection: command.args,
    needsLocks: true,
    readMore: async (tx, facts) => {
      const names = wantedImages(command, facts);
      // Counted first: that locks the images, so that what is read of them then stands.
      const loads = await countLoads(tx, names, { locks: true });
      const rows = await readImageRows(tx, names);
      return { loads, images: new Map(rows.map((row) => [row.image, row])) };
    },
    decide: (facts, more) => decideAdmission(command, facts, more, now),
  };
}
