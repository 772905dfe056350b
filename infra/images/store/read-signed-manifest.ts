import type { ImageManifest } from "../format/manifest.ts";
import { maxManifestBytes, parseManifest } from "../format/parse-manifest.ts";
import { isSignedBy } from "../format/signing-key.ts";
import { type ImageProblem, imageProblem } from "../image-problem.ts";
import { readRange } from "../read-range.ts";
import { sha256Of } from "../sha256-of.ts";
import { type ImagePart, type ImageStore, imageFileName } from "./image-store.ts";

export interface SignedManifest {
  readonly ok: true;
  readonly manifest: ImageManifest;
  /** Of the manifest's file: it pins the image down to the last byte. */
  readonly manifestSha256: string;
}

/** Longer than any signature, so that one with something behind it is seen to be wrong. */
const maxSignatureBytes = 128;

/**
 * Reads an image's manifest and believes nothing of it before its signature holds. A manifest of another image, moved
 * into this one's place, is refused though it is signed.
 *
 * @throws ImageKeyError.
 */
export async function readSignedManifest(
  store: ImageStore,
  image: string,
  publicKey: string,
): Promise<SignedManifest | ImageProblem> {
  const bytes = await readPart(store, image, "manifest", maxManifestBytes + 1);
  if (!Buffer.isBuffer(bytes)) return bytes;
  const signature = await readPart(store, image, "signature", maxSignatureBytes);
  if (!Buffer.isBuffer(signature)) return signature;

  const name = imageFileName(image, "manifest");
  if (bytes.length <= maxManifestBytes && !isSignedBy(publicKey, bytes, signature)) {
    return imageProblem("image-signature-invalid", `${name} is not signed with the site's key`);
  }
  const parsed = parseManifest(bytes);
  if (!parsed.ok) return imageProblem("image-manifest-invalid", `${name} ${parsed.problem}`);
  if (parsed.manifest.image !== image) {
    return imageProblem("image-manifest-invalid", `${name} is the manifest of ${parsed.manifest.image}`);
  }
  return { ok: true, manifest: parsed.manifest, manifestSha256: sha256Of(bytes) };
}

async function readPart(
  store: ImageStore,
  image: string,
  part: ImagePart,
  maxBytes: number,
): Promise<Buffer | ImageProblem> {
  const opened = await store.open(image, part);
  if (!opened.ok) return opened;
  try {
    return await readRange(opened.file, 0, Math.min(opened.sizeBytes, maxBytes));
  } finally {
    await opened.file.close();
  }
}
