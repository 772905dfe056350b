import type { ImageSetAnswer, ImageSetArgs } from "../../../contracts/index.ts";
import { setImage as write } from "../../../infra/db/index.ts";
import { type Answered, type ImageDeedOptions, type ImageTools, needsProject } from "./image-deed.ts";
import { onImage } from "./on-image.ts";

/** Changes who may load an image, and how many nodes at one time; it holds for loads that are asked for from now on. */
export async function setImage(
  tools: Pick<ImageTools, "sql" | "openSession">,
  args: ImageSetArgs,
  { user }: Pick<ImageDeedOptions, "user">,
): Promise<Answered<ImageSetAnswer>> {
  const { image } = args;
  // Whoever adds the image writes these too, at its end.
  return onImage<ImageSetAnswer>(tools, { image, user, right: "change" }, async (row) => {
    const { visibility = row.visibility, maxConcurrentLoads = row.maxConcurrentLoads } = args;
    if (row.project === null && visibility === "project") return needsProject;
    await write(tools.sql, { image, visibility, maxConcurrentLoads });
    return { ok: true, answer: { image, visibility, maxConcurrentLoads } };
  });
}
