import type { ImageSetAnswer, ImageSetArgs } from "../../../contracts/index.ts";
import { readImageAsker, readImageRows, setImage as write, withImageLock } from "../../../infra/db/index.ts";
import { type Answered, type ImageDeedOptions, type ImageTools, busy, needsProject, refused } from "./image-deed.ts";
import { mayDoToImage } from "./image-rights.ts";

/** Changes who may load an image, and how many nodes at one time; it holds for loads that are asked for from now on. */
export async function setImage(
  tools: Pick<ImageTools, "sql" | "openSession">,
  args: ImageSetArgs,
  { user }: Pick<ImageDeedOptions, "user">,
): Promise<Answered<ImageSetAnswer>> {
  const { sql } = tools;
  const { image } = args;
  const asker = await readImageAsker(sql, user);
  // Whoever adds the image writes these too, at its end.
  const locked = await withImageLock(tools, image, async (): Promise<Answered<ImageSetAnswer>> => {
    const [row] = await readImageRows(sql, [image]);
    if (!row) return refused("image-unknown", `there is no image ${image}`);
    if (!asker || !mayDoToImage("set", asker, row)) {
      return refused("permission-denied", `${user} has no right to change image ${image}`);
    }
    const { visibility = row.visibility, maxConcurrentLoads = row.maxConcurrentLoads } = args;
    if (row.project === null && visibility === "project") return needsProject;
    await write(sql, { image, visibility, maxConcurrentLoads });
    return { ok: true, answer: { image, visibility, maxConcurrentLoads } };
  });
  return locked.isLocked ? locked.value : busy(image);
}
