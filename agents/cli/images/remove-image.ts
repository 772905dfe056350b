import { ImageRemoveAnswer, hasShape } from "../../../contracts/index.ts";
import type { BusFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import { runImageCommand } from "./run-image-command.ts";

/** `reveille image remove`. */
export async function removeImage(surroundings: Surroundings, image: string, flags: BusFlags): Promise<void> {
  await runImageCommand(surroundings, { verb: "image-remove", args: () => ({ image }), image, flags }, (answer) =>
    hasShape(ImageRemoveAnswer, answer) ? { words: `${image}: removed` } : undefined,
  );
}
