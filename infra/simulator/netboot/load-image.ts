import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { LoadFailure } from "../../../contracts/index.ts";
import {
  type ChunkCache,
  type ImageManifest,
  isSignedBy,
  parseManifest,
  restoreImage,
  sectorBytes,
} from "../../images/index.ts";
import type { FaultName } from "../faults.ts";
import type { Disk } from "./disk.ts";
import { type RamdiskRoute, fetchChunk, fetchFrom } from "./fetch.ts";
import type { PlanImage } from "./load-plan.ts";

/** A load ended badly, as a ramdisk reports it; without `failure` for what has no name of its own. */
export class LoadFailedError extends Error {
  readonly code = "load-failed";
  readonly failure: LoadFailure | undefined;

  constructor(failure: LoadFailure | undefined, detail: string) {
    super(detail);
    this.failure = failure;
  }
}

export interface ImageLoad {
  readonly route: RamdiskRoute;
  readonly planned: PlanImage;
  readonly disk: Disk;
  readonly target: FileHandle;
  readonly faults: ReadonlySet<FaultName>;
  readonly cache: ChunkCache;
  /** The public half of the key that images are signed with, PEM; without it signatures are not looked at. */
  readonly imageKey: string | undefined;
  readonly onProgress: (bytesWritten: number) => void;
}

/** Loads one image as a deploy ramdisk does; gives the SHA-256 of what was written. @throws LoadFailedError, FetchError. */
export async function loadImage(load: ImageLoad): Promise<string> {
  const { route, planned, disk, target, faults, cache, onProgress } = load;
  const manifest = await fetchManifest(load);
  const targetOffset = offsetOn(disk, planned);
  const readChunk = async (offset: number, length: number): Promise<Buffer> => {
    const chunk = await fetchChunk(route, planned.image, offset, length);
    if (faults.has("corrupts-image") && chunk.length > 0) chunk[0] = (chunk[0] ?? 0) ^ 1;
    return chunk;
  };
  const outcome = await restoreImage(
    manifest,
    { readChunk, target },
    { signal: route.signal, targetOffset, diskSizeBytes: disk.sizeBytes, cache, onProgress },
  );
  if (!outcome.ok) throw new LoadFailedError(outcome.reason, outcome.detail);
  if (planned.partition === undefined) disk.partitions = manifest.partitions;
  return outcome.sha256;
}

async function fetchManifest({ route, planned, imageKey }: ImageLoad): Promise<ImageManifest> {
  const path = `/v1/images/${planned.image}`;
  const bytes = await fetchFrom(route, `${path}/manifest`);
  if (createHash("sha256").update(bytes).digest("hex") !== planned.manifestSha256) {
    throw new LoadFailedError("hash-mismatch", `the manifest of ${planned.image} is not the plan's`);
  }
  const signature = await fetchFrom(route, `${path}/signature`);
  if (imageKey !== undefined && !isSignedBy(imageKey, bytes, signature)) {
    throw new LoadFailedError("signature-mismatch", `the manifest of ${planned.image} is not signed by this site`);
  }
  const parsed = parseManifest(bytes);
  if (!parsed.ok) throw new LoadFailedError("signature-mismatch", `the manifest of ${planned.image} ${parsed.problem}`);
  if (parsed.manifest.image !== planned.image) {
    throw new LoadFailedError("signature-mismatch", `the manifest is of ${parsed.manifest.image}`);
  }
  return parsed.manifest;
}

function offsetOn(disk: Disk, { image, partition }: PlanImage): number {
  if (partition === undefined) return 0;
  const found = disk.partitions.find(({ number }) => number === partition);
  if (found) return found.startSector * sectorBytes;
  throw new LoadFailedError("write-error", `the disk has no partition ${partition} for ${image}`);
}
