import type { ImageArgs, ImageCancelAnswer } from "../../../contracts/index.ts";
import { cancelImageWork, readImageAsker, readImageRows } from "../../../infra/db/index.ts";
import { type Answered, type ImageDeedOptions, type ImageTools, refused } from "./image-deed.ts";
import { mayDoToImage } from "./image-rights.ts";

/** Has whoever adds or verifies an image leave it, at whichever replica: what was there before stays as it is. */
export async function cancelImage(
  { sql }: ImageTools,
  { image }: ImageArgs,
  { user }: Pick<ImageDeedOptions, "user">,
): Promise<Answered<ImageCancelAnswer>> {
  const asker = await readImageAsker(sql, user);
  const [row] = await readImageRows(sql, [image]);
  if (!row) return refused("image-unknown", `there is no image ${image}`);
  if (!asker || !mayDoToImage("remove", asker, row)) {
    return refused("permission-denied", `${user} has no right to cancel what is done to image ${image}`);
  }
  if (!(await cancelImageWork(sql, image, user))) return refused("image-idle", `nobody is at work on image ${image}`);
  return { ok: true, answer: { cancelled: image } };
}
