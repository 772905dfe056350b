import type { ImageAddAnswer, ImageAddArgs } from "../../../contracts/index.ts";
import {
  type AddedImage,
  type ImageAsker,
  ImageCancelledError,
  type ImageLock,
  type ImageRow,
  beginImage,
  beginReplacement,
  failImage,
  finishImage,
  isProjectKnown,
  noteImageProgress,
  readImageAsker,
  readImageRows,
  withImageLock,
} from "../../../infra/db/index.ts";
import { type OpenedFile, captureImage } from "../../../infra/images/index.ts";
import {
  type Answered,
  type ImageDeedOptions,
  type ImageTools,
  measuresOf,
  type Refused,
  busy,
  inUse,
  needsProject,
  refused,
} from "./image-deed.ts";
import { mayDoToImage, mayRead } from "./image-rights.ts";

/** How often the ledger is told how far an image is, milliseconds. */
const noteEveryMs = 2_000;

/**
 * Makes an image of a raw file in the image directory, signed with the site's key. Until it is whole there is only what was
 * there before: nobody can load a half one, whoever is killed when. One that takes another's place is refused while
 * nodes load that one.
 */
export async function addImage(
  tools: ImageTools,
  args: ImageAddArgs,
  options: ImageDeedOptions,
): Promise<Answered<ImageAddAnswer>> {
  const { sql, store } = tools;
  const asker = await readImageAsker(sql, options.user);
  if (!asker) return refused("permission-denied", `${options.user} is not known to this site any more`);
  const added = addedOf(args, asker.user);
  const refusal = await refuseAsked(tools, args, { asker, added });
  if (refusal) return refusal;
  const locked = await withImageLock(tools, added.image, async (lock) => {
    const [existing] = await readImageRows(sql, [added.image]);
    const taken = existing && refuseTaken(existing, args, asker);
    if (taken) return taken;
    const source = await store.openSource(args.path);
    if (!source.ok) return source;
    try {
      return await capture(tools, source, { ...options, lock, added, isReplacing: existing?.state === "ready" });
    } finally {
      await source.file.close();
    }
  });
  return locked.isLocked ? locked.value : busy(added.image);
}

function addedOf(
  { image, project, visibility, partition, maxConcurrentLoads }: ImageAddArgs,
  user: string,
): AddedImage {
  return {
    ...{ image, project: project ?? null, addedBy: user },
    visibility: visibility ?? (project === undefined ? "public" : "project"),
    partition: partition ?? null,
    maxConcurrentLoads: maxConcurrentLoads ?? null,
  };
}

async function refuseAsked(
  { sql }: ImageTools,
  { path }: ImageAddArgs,
  { asker, added }: { readonly asker: ImageAsker; readonly added: AddedImage },
): Promise<Refused | undefined> {
  const { project, visibility } = added;
  if (project === null && visibility === "project") return needsProject;
  if (!mayDoToImage("add", asker, { project })) {
    const whose = project === null ? "the site" : `project ${project}`;
    return refused("permission-denied", `${asker.user} has no right to add images to ${whose}`);
  }
  if (project !== null && !(await isProjectKnown(sql, project))) {
    return refused("malformed-arguments", `there is no project ${project}`);
  }
  if (!mayRead(path, asker, project)) {
    const folder = project ?? "";
    return refused(
      "image-path-refused",
      `${path} is not in ${folder}/, the folder that ${folder}'s images are made of`,
    );
  }
  return undefined;
}

function refuseTaken(existing: ImageRow, args: ImageAddArgs, asker: ImageAsker): Refused | undefined {
  const { image, state } = existing;
  // What could not be made is nobody's loss: whoever may add to its project may try again.
  if (!mayDoToImage(state === "ready" ? "remove" : "add", asker, existing)) {
    const detail = `there is an image ${image} already, and ${asker.user} has no right to replace it`;
    return refused("permission-denied", detail);
  }
  if (state === "ready" && !args.replace) return refused("image-exists", `there is an image ${image} already`);
  return undefined;
}

interface Capture extends ImageDeedOptions {
  readonly lock: ImageLock;
  readonly added: AddedImage;
  /** There is an image that can be loaded; it can until the new one is whole. */
  readonly isReplacing: boolean;
}

/** Nodes have begun to load the image whose place was to be taken. */
class StillLoadedError extends Error {
  readonly loads: number;

  constructor(loads: number) {
    super("the image is loaded");
    this.loads = loads;
  }
}

async function capture(tools: ImageTools, source: OpenedFile, options: Capture): Promise<Answered<ImageAddAnswer>> {
  const { sql, store, privateKey } = tools;
  const { lock, added, isReplacing, onProgress } = options;
  const { image, partition } = added;
  const bytesTotal = source.sizeBytes;
  if (!isReplacing) await beginImage(sql, added);
  const note = createNoter(sql, image);
  try {
    const captured = await captureImage(source, {
      ...{ store, image, privateKey, now: new Date() },
      ...(partition === null ? {} : { partition }),
      signal: AbortSignal.any([options.signal, lock.signal]),
      onProgress: ({ rawBytes }) => {
        onProgress({ bytesDone: rawBytes, ...(bytesTotal > 0 ? { bytesTotal } : {}) });
        if (!isReplacing && bytesTotal > 0) note(rawBytes / bytesTotal);
      },
      beforePublish: async () => {
        await lock.assertHeld();
        const { loads } = isReplacing ? await beginReplacement(sql, image) : { loads: 0 };
        if (loads > 0) throw new StillLoadedError(loads);
      },
    });
    if (!captured.ok) {
      await failImage(sql, image, captured.detail);
      return captured;
    }
    const { manifest, record } = captured;
    await finishImage(sql, added, {
      ...{ rawBytes: manifest.rawSizeBytes, rawSha256: manifest.rawSha256, partitions: manifest.partitions },
      ...{ fileBytes: record.fileSizeBytes, fileModifiedMs: record.fileModifiedMs },
      ...{ fileSha256: record.fileSha256, manifestSha256: record.manifestSha256 },
    });
    return { ok: true, answer: measuresOf(manifest) };
  } catch (error) {
    if (error instanceof StillLoadedError) return inUse(image, error.loads);
    // Where the database is away, whoever looks for abandoned images says so later.
    const why = error instanceof ImageCancelledError ? error.message : "it was not made to its end";
    await failImage(sql, image, why).catch(() => undefined);
    throw error;
  }
}

/** Writes down how far it is, seldom; a note that is lost is made up for by the next. */
function createNoter(sql: ImageTools["sql"], image: string): (progress: number) => void {
  let notedAt = performance.now();
  return (progress) => {
    if (performance.now() - notedAt < noteEveryMs) return;
    notedAt = performance.now();
    noteImageProgress(sql, image, Math.min(progress, 1)).catch(() => undefined);
  };
}
