import type { BootPlan, ReloadArgs } from "../../../contracts/index.ts";
import { loadSeconds } from "../../runtime/load-times.ts";
import { type CheckedImage, type Observation, type ObservationOf, seenOf } from "../ladder/observation.ts";
import { canShare } from "../multicast/load-stage.ts";
import { type NodeContext, RunLostError } from "../node-context.ts";

/** The images that a command names, in their order; undefined if it leaves them to the node's type. */
export function namedImages({
  imageid,
  images,
}: Pick<ReloadArgs, "imageid" | "images">): readonly string[] | undefined {
  return images ?? (imageid === undefined ? undefined : [imageid]);
}

/** Whether each image of the node is whole; the first that is not ends the node. */
export async function checkImages({ run, args, tools }: NodeContext): Promise<ObservationOf<"check-images">> {
  const target = await tools.loads.targetOf(run.node);
  const { disk = null, defaultImage = null } = target ?? {};
  const names = namedImages(args) ?? (defaultImage === null ? [] : [defaultImage]);
  const inspected = await Promise.all(names.map((name) => tools.images.inspect(name)));
  const images: CheckedImage[] = [];
  for (const found of inspected) {
    if (!found.ok) {
      const { reason, detail } = found;
      return { step: "check-images", fault: { reason, phase: "image", detail } };
    }
    images.push(found.image);
  }
  if (images.length > 0) return { step: "check-images", images, disk, defaultImage };
  const detail = "the default image of the node's type was taken away meanwhile";
  return { step: "check-images", fault: { reason: "image-file-missing", phase: "image", detail } };
}

/** Selects the loader for the node. A run that is another replica's by now arms nothing. */
export async function arm(context: NodeContext): Promise<Observation> {
  const { run, tools, args, settings } = context;
  const { op, node, fence } = run;
  const checked = imagesOf(context);
  const loadId = tools.newLoadId();
  const plan = planOf(checked, args, { isOpen: tools.sessions !== undefined && canShare(args) });
  const { images, defaultImage } = checked;
  const isLeft = args.waitmode === "none" && !args.noreboot;
  const unattendedS = isLeft ? loadSeconds(settings, images, { zeroFree: plan.zeroFree }) : null;
  const isOurs = await tools.loads.arm({ op, node, fence, loadId, plan, unattendedS, defaultImage });
  if (!isOurs) throw new RunLostError(`the run of ${node} is another replica's by now`);
  return { step: "arm", loadId };
}

/** Records what is on the disk, and lets the node boot from it. */
export async function conclude(context: NodeContext): Promise<Observation> {
  const { run, tools, seen } = context;
  const load = seenOf(seen, "await-load");
  const armed = seenOf(seen, "arm");
  if (!load || "fault" in load || !armed) throw new Error(`the load of ${run.node} is concluded before its end`);
  await tools.loads.conclude({
    node: run.node,
    loadId: armed.loadId,
    images: load.loaded,
    partitions: partitionsOf(imagesOf(context).images),
  });
  return { step: "conclude", at: new Date().toISOString() };
}

/** What the ladder has found whole; the ladder asks for nothing else before. */
export function imagesOf({ run, seen }: NodeContext): Extract<ObservationOf<"check-images">, { images: unknown }> {
  const checked = seenOf(seen, "check-images");
  if (!checked || "fault" in checked) throw new Error(`${run.node} is to be loaded before its images are checked`);
  return checked;
}

/** With `isOpen` it is chosen later how each image comes, but for one that comes once more: once it is known who else is ready. */
function planOf(
  { images, disk }: { readonly images: readonly CheckedImage[]; readonly disk: string | null },
  args: ReloadArgs,
  { isOpen }: { readonly isOpen: boolean },
): BootPlan {
  const isFirstOf = (name: string, at: number) => images.findIndex(({ image }) => image === name) === at;
  return {
    images: images.map(({ image, partition, rawBytes, fileBytes, manifestSha256 }, index) => ({
      image,
      ...(partition === undefined ? {} : { partition }),
      ...{ rawBytes, fileBytes, manifestSha256 },
      ...(isOpen && isFirstOf(image, index) ? {} : { transport: { kind: "http" } as const }),
    })),
    zeroFree: args.zerofree ?? false,
    prepare: args.prepare ?? namedImages(args) === undefined,
    ...(disk === null ? {} : { disk }),
  };
}

/** The table of the last image of a whole disk; those of partitions change none. */
function partitionsOf(images: readonly CheckedImage[]): CheckedImage["partitions"] | null {
  return images.findLast(({ partition }) => partition === undefined)?.partitions ?? null;
}
