import { type ImageRow, readImageAsker, readImageRows, withImageLock } from "../../../infra/db/index.ts";
import { type Answered, type ImageDeedOptions, type ImageTools, busy, refused } from "./image-deed.ts";
import { type ImageDeed, mayDoToImage } from "./image-rights.ts";

/** Does a deed to an image that there is, for somebody with the right to it, while nobody else is at work on it. */
export async function onImage<T>(
  tools: Pick<ImageTools, "sql" | "openSession">,
  { image, user, right }: Pick<ImageDeedOptions, "user"> & { readonly image: string; readonly right: ImageDeed },
  deed: (row: ImageRow) => Promise<Answered<T>>,
): Promise<Answered<T>> {
  const { sql } = tools;
  const asker = await readImageAsker(sql, user);
  const locked = await withImageLock(tools, image, async (): Promise<Answered<T>> => {
    const [row] = await readImageRows(sql, [image]);
    if (!row) return refused("image-unknown", `there is no image ${image}`);
    if (!asker || !mayDoToImage(right, asker, row)) {
      return refused("permission-denied", `${user} has no right to ${right} image ${image}`);
    }
    return deed(row);
  });
  return locked.isLocked ? locked.value : busy(image);
}
