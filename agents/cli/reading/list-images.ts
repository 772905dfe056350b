import { ImageName, type ImageSummary, hasShape } from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import type { BusFlags } from "../operation/flags.ts";
import { askFor } from "../operation/read-inventory.ts";
import { formatBytes } from "../output/format-bytes.ts";
import { encodeJson } from "../output/json-documents.ts";
import { writeTable } from "../output/table.ts";
import type { Surroundings } from "../surroundings.ts";
import { runRead } from "./run-read.ts";

/** The images that the asker may load, or one of them. */
export async function listImages(
  surroundings: Surroundings,
  image: string | undefined,
  flags: BusFlags,
): Promise<void> {
  const { stdout } = surroundings;
  const check = () => refuseBadName(image);
  await runRead(surroundings, { verb: "images", flags, check }, async ({ coordinator, isJson }) => {
    const images = await readImages(coordinator, image);
    if (image !== undefined && images.length === 0)
      throw new RefusedError("image-unknown", `there is no image ${image}`);
    if (isJson) await stdout.write(`${encodeJson({ images })}\n`);
    else await writeTable(stdout, heading, images.map(rowOf));
    return { kind: "answered" };
  });
}

function refuseBadName(image: string | undefined): void {
  if (image === undefined || hasShape(ImageName, image)) return;
  throw new RefusedError("malformed-arguments", "an image's name is of lower-case letters, digits and ._-");
}

/** All pages of them. Throws RefusedError. */
async function readImages(coordinator: Pick<Coordinator, "query">, image: string | undefined): Promise<ImageSummary[]> {
  const images: ImageSummary[] = [];
  let after: string | undefined;
  do {
    const page = await askFor(coordinator, "images", {
      ...(image === undefined ? {} : { image }),
      ...(after === undefined ? {} : { after }),
    });
    images.push(...page.images);
    after = page.next;
  } while (after !== undefined);
  return images;
}

const heading = ["image", "state", "project", "visibility", "size", "file", "target", "at most", "added by", "added"];

function rowOf(summary: ImageSummary): (string | undefined)[] {
  const { image, state, progress, project, visibility, rawBytes, fileBytes, partition } = summary;
  return [
    image,
    state === "adding" && progress !== undefined ? `adding ${Math.floor(progress * 100)}%` : state,
    project,
    visibility,
    rawBytes === undefined ? undefined : formatBytes(rawBytes),
    fileBytes === undefined ? undefined : formatBytes(fileBytes),
    partition === undefined ? "disk" : `partition ${partition}`,
    summary.maxConcurrentLoads === undefined ? undefined : `${summary.maxConcurrentLoads} nodes`,
    summary.addedBy,
    summary.addedAt,
  ];
}
