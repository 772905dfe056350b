import { ImageCancelAnswer, hasShape } from "../../../contracts/index.ts";
import type { BusFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import { runImageCommand } from "./run-image-command.ts";

/** `reveille image cancel`. */
export async function cancelImage(surroundings: Surroundings, image: string, flags: BusFlags): Promise<void> {
  await runImageCommand(surroundings, { verb: "image-cancel", args: () => ({ image }), image, flags }, (answer) =>
    hasShape(ImageCancelAnswer, answer) ? { words: `${image}: what was being done to it ends` } : undefined,
  );
}
