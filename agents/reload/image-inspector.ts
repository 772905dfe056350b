import type { FailureReason } from "../../contracts/index.ts";
import { type ImageRow, type Sql, noteFileTime, readImageRows } from "../../infra/db/index.ts";
import type { ImageChecker, ImageRecord } from "../../infra/images/index.ts";
import type { CheckedImage } from "./ladder/observation.ts";

export type Inspected =
  | { readonly ok: true; readonly image: CheckedImage }
  | { readonly ok: false; readonly reason: FailureReason; readonly detail: string };

/** How long a verdict is believed, milliseconds: a thousand nodes of one command share it, the next command's do not. */
const believedMs = 2_000;

/** Whether images are whole: there, readable, and what was recorded of them. Asked for by many at once, each is looked at once. */
export interface ImageInspector {
  inspect(image: string): Promise<Inspected>;
}

export function createImageInspector(
  sql: Sql,
  checker: ImageChecker,
  now: () => number = () => performance.now(),
): ImageInspector {
  const verdicts = new Map<string, { readonly verdict: Promise<Inspected>; readonly untilMs: number }>();

  async function look(image: string): Promise<Inspected> {
    const [row] = await readImageRows(sql, [image]);
    if (row?.state !== "ready" || !isCaptured(row)) {
      return { ok: false, reason: "image-file-missing", detail: `image ${image} was removed meanwhile` };
    }
    const found = await checker.check(recordOf(row));
    if (!found.ok) return found;
    const { fileModifiedMs } = found;
    if (fileModifiedMs !== row.fileModifiedMs) await noteFileTime(sql, { ...row, fileModifiedMs });
    return { ok: true, image: checkedOf(row) };
  }

  return {
    inspect(image) {
      const known = verdicts.get(image);
      if (known && known.untilMs > now()) return known.verdict;
      for (const [name, { untilMs }] of verdicts) if (untilMs <= now()) verdicts.delete(name);
      const verdict = look(image);
      verdicts.set(image, { verdict, untilMs: now() + believedMs });
      // A database that was away may be back for the next who asks.
      verdict.catch(() => verdicts.delete(image));
      return verdict;
    },
  };
}

/** What a row has once its image was captured. */
type CapturedRow = ImageRow &
  Record<"rawBytes" | "fileBytes" | "fileModifiedMs", number> &
  Record<"fileSha256" | "manifestSha256" | "rawSha256", string>;

function isCaptured(row: ImageRow): row is CapturedRow {
  return row.manifestSha256 !== null && row.fileSha256 !== null && row.rawSha256 !== null;
}

function recordOf({ image, fileBytes, fileModifiedMs, fileSha256, manifestSha256 }: CapturedRow): ImageRecord {
  return { image, fileSizeBytes: fileBytes, fileModifiedMs, fileSha256, manifestSha256 };
}

function checkedOf(row: CapturedRow): CheckedImage {
  const { image, partition, rawBytes, fileBytes, rawSha256, manifestSha256, partitions } = row;
  return {
    image,
    ...(partition === null ? {} : { partition }),
    ...{ rawBytes, fileBytes, rawSha256, manifestSha256 },
    partitions: partitions ?? [],
  };
}
