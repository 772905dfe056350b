import type { ImageArgs, ImageRemoveAnswer } from "../../../contracts/index.ts";
import { forgetImage, readImageAsker, readImageRows, withImageLock } from "../../../infra/db/index.ts";
import { type Answered, type ImageDeedOptions, type ImageTools, busy, inUse, refused } from "./image-deed.ts";
import { mayDoToImage } from "./image-rights.ts";

/** Takes an image away, unless nodes load it or the inventory names it. It is forgotten first: its files mean nothing then. */
export async function removeImage(
  tools: ImageTools,
  { image }: ImageArgs,
  { user }: Pick<ImageDeedOptions, "user">,
): Promise<Answered<ImageRemoveAnswer>> {
  const { sql, store } = tools;
  const asker = await readImageAsker(sql, user);
  const locked = await withImageLock(tools, image, async (): Promise<Answered<ImageRemoveAnswer>> => {
    const [row] = await readImageRows(sql, [image]);
    if (!row) return refused("image-unknown", `there is no image ${image}`);
    if (!asker || !mayDoToImage("remove", asker, row)) {
      return refused("permission-denied", `${user} has no right to remove image ${image}`);
    }
    const { loads, namedBy } = await forgetImage(sql, image);
    if (loads > 0 || namedBy.length > 0) return inUse(image, loads, namedBy);
    await store.remove(image);
    return { ok: true, answer: { removed: image } };
  });
  return locked.isLocked ? locked.value : busy(image);
}
