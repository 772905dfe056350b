import type { ImageArgs, ImageVerifyAnswer } from "../../../contracts/index.ts";
import { noteFileTime, readImageAsker, readImageRows, withImageLock } from "../../../infra/db/index.ts";
import { publicKeyOf, verifyImage as readWhole } from "../../../infra/images/index.ts";
import { type Answered, type ImageDeedOptions, type ImageTools, busy, measuresOf, refused } from "./image-deed.ts";
import { mayDoToImage } from "./image-rights.ts";

/** Reads all of an image and compares it with its signed manifest, and that with what was recorded; says what is wrong first. */
export async function verifyImage(
  tools: ImageTools,
  { image }: ImageArgs,
  { user, signal, onProgress }: ImageDeedOptions,
): Promise<Answered<ImageVerifyAnswer>> {
  const { sql, store, privateKey } = tools;
  const asker = await readImageAsker(sql, user);
  const locked = await withImageLock(tools, image, async (lock): Promise<Answered<ImageVerifyAnswer>> => {
    const [row] = await readImageRows(sql, [image]);
    if (row?.state !== "ready") return refused("image-unknown", `there is no image ${image} that could be loaded`);
    if (!asker || !mayDoToImage("verify", asker, row)) {
      return refused("permission-denied", `${user} has no right to have image ${image} verified`);
    }
    const verified = await readWhole(store, image, {
      publicKey: publicKeyOf(privateKey),
      signal: AbortSignal.any([signal, lock.signal]),
      onProgress: (bytesDone) =>
        onProgress({ bytesDone, ...(row.rawBytes === null ? {} : { bytesTotal: row.rawBytes }) }),
    });
    if (!verified.ok) {
      const { reason, detail } = verified;
      return { ok: true, answer: { isWhole: false, image, reason, detail } };
    }
    const { manifest, record } = verified;
    if (record.manifestSha256 !== row.manifestSha256) {
      const detail = `${image} is whole and signed, and has another manifest than was recorded when it was added`;
      return { ok: true, answer: { isWhole: false, image, reason: "image-manifest-invalid", detail } };
    }
    await noteFileTime(sql, record);
    return { ok: true, answer: { isWhole: true, ...measuresOf(manifest) } };
  });
  return locked.isLocked ? locked.value : busy(image);
}
