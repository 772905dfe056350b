import { ImageSetAnswer, type ImageSetArgs, type ImageVisibility, hasShape } from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";
import type { BusFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import { runImageCommand } from "./run-image-command.ts";
import { wholeOf } from "./whole-of.ts";

export interface SetFlags extends BusFlags {
  readonly visibility?: ImageVisibility;
  readonly maxLoads?: string;
}

/** `reveille image set`. */
export async function setImage(surroundings: Surroundings, image: string, flags: SetFlags): Promise<void> {
  const args = () => argsOf(image, flags);
  await runImageCommand(surroundings, { verb: "image-set", args, image, flags }, (answer) => {
    if (!hasShape(ImageSetAnswer, answer)) return undefined;
    const { visibility, maxConcurrentLoads } = answer;
    const most = maxConcurrentLoads === null ? "any number of nodes" : `${maxConcurrentLoads} nodes at the most`;
    return { words: `${image}: ${visibility}, loaded by ${most} at one time` };
  });
}

function argsOf(image: string, { visibility, maxLoads }: SetFlags): ImageSetArgs {
  if (visibility === undefined && maxLoads === undefined) {
    throw new RefusedError("malformed-arguments", "image set needs --visibility, --max-loads, or both");
  }
  return {
    image,
    ...(visibility === undefined ? {} : { visibility }),
    ...(maxLoads === undefined
      ? {}
      : { maxConcurrentLoads: maxLoads === "any" ? null : wholeOf("--max-loads", maxLoads) }),
  };
}
