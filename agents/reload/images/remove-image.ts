import type { ImageArgs, ImageRemoveAnswer } from "../../../contracts/index.ts";
import { forgetImage } from "../../../infra/db/index.ts";
import { type Answered, type ImageDeedOptions, type ImageTools, inUse } from "./image-deed.ts";
import { onImage } from "./on-image.ts";

/** Takes an image away, unless nodes load it or the inventory names it. It is forgotten first: its files mean nothing then. */
export async function removeImage(
  tools: ImageTools,
  { image }: ImageArgs,
  { user }: Pick<ImageDeedOptions, "user">,
): Promise<Answered<ImageRemoveAnswer>> {
  return onImage<ImageRemoveAnswer>(tools, { image, user, right: "remove" }, async () => {
    const { loads, namedBy } = await forgetImage(tools.sql, image);
    if (loads > 0 || namedBy.length > 0) return inUse(image, loads, namedBy);
    await tools.store.remove(image);
    return { ok: true, answer: { removed: image } };
  });
}
