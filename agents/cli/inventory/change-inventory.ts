import {
  InventoryApplyAnswer,
  type InventoryApplyArgs,
  type InventoryChanges,
  hasShape,
} from "../../../contracts/index.ts";
import { conclude } from "../conclusion/conclude.ts";
import { RefusedError, UnansweredError } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import { type BusFlags, outputModeOf } from "../operation/flags.ts";
import { confirmWave } from "../operation/confirm-wave.ts";
import { withCoordinator } from "../operation/with-coordinator.ts";
import { encodeJson } from "../output/json-documents.ts";
import { stripControls } from "../output/strip-controls.ts";
import type { Surroundings } from "../surroundings.ts";
import { describeDifferences } from "./describe-difference.ts";
import { splitChanges } from "./split-changes.ts";

export interface ChangeFlags extends BusFlags {
  readonly dryRun?: true;
  readonly yes?: true;
}

/** How long the registry may take over a large inventory, milliseconds. */
const answerWithinMs = 120_000;

/** A change that a command line asks for: what is to be written, and what it takes for granted. */
export interface WantedChange extends Pick<InventoryApplyArgs, "prune" | "expects"> {
  readonly changes: InventoryChanges;
  /** It may remove nodes or set them free, which has their disks loaded anew: many of them are asked about first. */
  readonly takesAway?: true;
}

/** Asks the registry for one change of the inventory, and shows the difference that it made, or would make. */
export async function changeInventory(
  surroundings: Surroundings,
  verb: string,
  flags: ChangeFlags,
  want: (coordinator: Coordinator) => Promise<WantedChange>,
): Promise<void> {
  const mode = outputModeOf(flags);
  await conclude(surroundings, { verb, mode, isDebug: flags.debug === true }, async (record, signal) =>
    withCoordinator(surroundings, flags, { record, signal }, async (coordinator) => {
      const wanted = await want(coordinator);
      signal.throwIfAborted();
      const ask = (isDryRun: boolean) => send(coordinator, wanted, { upload: surroundings.newOpId(), isDryRun });
      if (wanted.takesAway && !flags.yes && !flags.dryRun) {
        const nodeCount = countNodes(await ask(true));
        signal.throwIfAborted();
        await confirmWave({ deed: "remove, change or set free", nodeCount }, surroundings);
        signal.throwIfAborted();
      }
      const answer = await ask(flags.dryRun === true);
      const { added, changed, removed, differences } = answer;
      if (mode !== "text") {
        const head = { verb, user: coordinator.user, isDryRun: flags.dryRun === true };
        await surroundings.stdout.write(`${encodeJson({ ...head, added, changed, removed, differences })}\n`);
        return { kind: "answered" };
      }
      const untold = countUntold(answer);
      const lines = [
        ...describeDifferences(differences),
        ...(untold > 0 ? [`… and ${untold} more`] : []),
        `${added} added, ${changed} changed, ${removed} removed${flags.dryRun ? "; nothing was written" : ""}`,
      ];
      await surroundings.stdout.write(`${lines.map(stripControls).join("\n")}\n`);
      return { kind: "answered" };
    }),
  );
}

/** The nodes that a change touches; differences that are not told, as there are too many, are taken for nodes'. */
function countNodes(answer: InventoryApplyAnswer): number {
  return (
    answer.differences.filter(({ kind, change }) => kind === "nodes" && change !== "added").length + countUntold(answer)
  );
}

function countUntold({ added, changed, removed, differences }: InventoryApplyAnswer): number {
  return added + changed + removed - differences.length;
}

/** Sends a change in as many messages as it takes; the last one's answer is the change's. Throws RefusedError. */
async function send(
  coordinator: Pick<Coordinator, "control">,
  { changes, prune, expects }: WantedChange,
  { upload, isDryRun }: { readonly upload: string; readonly isDryRun: boolean },
): Promise<InventoryApplyAnswer> {
  const parts = splitChanges(changes);
  const shared = { upload, parts: parts.length, ...(prune ? { prune } : {}), ...(expects ? { expects } : {}) };
  for (const [index, part] of parts.entries()) {
    const args = { ...shared, part: index + 1, changes: part, ...(isDryRun ? { dryRun: true } : {}) };
    const reply = await coordinator.control("inventory-apply", args, { answerWithinMs });
    if (!reply.ok && reply.reason === "answer-lost") throw new UnansweredError(reply.detail);
    if (!reply.ok) throw new RefusedError(reply.reason, reply.detail);
    if (!hasShape(InventoryApplyAnswer, reply.answer)) {
      throw new RefusedError("internal-error", "the registry's answer is not of this version's shape");
    }
    if (!reply.answer.isStaged) return reply.answer;
  }
  throw new RefusedError("inventory-incomplete", "the registry waits for more than there is");
}
