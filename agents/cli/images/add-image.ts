import { ImageAddAnswer, type ImageAddArgs, type ImageVisibility, hasShape } from "../../../contracts/index.ts";
import type { BusFlags } from "../operation/flags.ts";
import { formatBytes } from "../output/format-bytes.ts";
import type { Surroundings } from "../surroundings.ts";
import { runImageCommand } from "./run-image-command.ts";
import { wholeOf } from "./whole-of.ts";

export interface AddFlags extends BusFlags {
  readonly project?: string;
  readonly visibility?: ImageVisibility;
  readonly partition?: string;
  readonly maxLoads?: string;
  readonly replace?: true;
}

/** `reveille image add`. */
export async function addImage(
  surroundings: Surroundings,
  { image, path }: Pick<ImageAddArgs, "image" | "path">,
  flags: AddFlags,
): Promise<void> {
  const args = () => argsOf({ image, path }, flags);
  await runImageCommand(surroundings, { verb: "image-add", args, image, flags }, (answer) => {
    if (!hasShape(ImageAddAnswer, answer)) return undefined;
    const { rawBytes, fileBytes, chunks } = answer;
    const sizes = `${formatBytes(rawBytes)}, ${formatBytes(fileBytes)} compressed, ${chunks} chunks`;
    return { words: `${image}: added, ${sizes}` };
  });
}

function argsOf(named: Pick<ImageAddArgs, "image" | "path">, flags: AddFlags): ImageAddArgs {
  const { project, visibility, partition, maxLoads, replace } = flags;
  return {
    ...named,
    ...(project === undefined ? {} : { project: project.toLowerCase() }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(partition === undefined ? {} : { partition: wholeOf("--partition", partition) }),
    ...(maxLoads === undefined ? {} : { maxConcurrentLoads: wholeOf("--max-loads", maxLoads) }),
    ...(replace ? { replace } : {}),
  };
}
