import { ImageVerifyAnswer, adviceOf, hasShape } from "../../../contracts/index.ts";
import type { BusFlags } from "../operation/flags.ts";
import { formatBytes } from "../output/format-bytes.ts";
import type { Surroundings } from "../surroundings.ts";
import { runImageCommand } from "./run-image-command.ts";

/** `reveille image verify`: exit status 1 for an image that is not whole. */
export async function verifyImage(surroundings: Surroundings, image: string, flags: BusFlags): Promise<void> {
  await runImageCommand(surroundings, { verb: "image-verify", args: () => ({ image }), image, flags }, (answer) => {
    if (!hasShape(ImageVerifyAnswer, answer)) return undefined;
    if (!answer.isWhole) {
      const { reason, detail } = answer;
      return { words: `${image}: ${reason} — ${detail}; ${adviceOf(reason)}`, missingCount: 1 };
    }
    const { rawBytes, chunks, sha256 } = answer;
    return { words: `${image}: whole, ${formatBytes(rawBytes)} in ${chunks} chunks, sha256 ${sha256}` };
  });
}
