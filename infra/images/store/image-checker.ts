/**
 * The check before any node is touched: is the image still the one that was recorded? It costs a few system calls while
 * nothing has changed: a file of the recorded size and time of modification is taken for unchanged. One of another time
 * is read and hashed, once for all who ask and once for all time until it changes again. What slips through (a change
 * that sets the time back) is caught by each node, which checks every chunk.
 */
import { type ImageProblem, imageProblem } from "../image-problem.ts";
import { createImageDigests } from "./image-digests.ts";
import type { ImageStore } from "./image-store.ts";
import { type OpenedFile, isUnreadable } from "./open-inside.ts";
import { readSignedManifest } from "./read-signed-manifest.ts";

/** What is to be remembered of an image from when it was made or verified. */
export interface ImageRecord {
  readonly image: string;
  readonly fileSizeBytes: number;
  /** Whole milliseconds since 1970. */
  readonly fileModifiedMs: number;
  readonly fileSha256: string;
  readonly manifestSha256: string;
}

export interface ImageUnchanged {
  readonly ok: true;
  /** When it differs from the record's, recording it spares the next check the hashing. */
  readonly fileModifiedMs: number;
}

export interface ImageChecker {
  /**
   * Checks the file, its manifest and the signature against the record. Checks of the same record at one time are one.
   *
   * @throws what the system says that is not about the image, e.g. that too many files are open.
   */
  check(record: ImageRecord): Promise<ImageUnchanged | ImageProblem>;
}

/** `publicKey` is the site's image key in PEM. */
export function createImageChecker(store: ImageStore, publicKey: string): ImageChecker {
  const digests = createImageDigests();
  const running = new Map<string, Promise<ImageUnchanged | ImageProblem>>();

  const compare = async (opened: OpenedFile, record: ImageRecord): Promise<ImageUnchanged | ImageProblem> => {
    const { sizeBytes, modifiedMs } = opened;
    const differs = (how: string): ImageProblem => imageProblem("image-digest-mismatch", `${record.image} ${how}`);
    if (sizeBytes !== record.fileSizeBytes) {
      return differs(`has ${sizeBytes} bytes, and ${record.fileSizeBytes} were recorded`);
    }
    if (modifiedMs !== record.fileModifiedMs) {
      const sha256 = await digests.of(opened);
      if (sha256 === undefined) return differs("is being written to");
      if (sha256 !== record.fileSha256) return differs("holds other bytes than were recorded");
    }
    return { ok: true, fileModifiedMs: modifiedMs };
  };

  const checkFile = async (record: ImageRecord): Promise<ImageUnchanged | ImageProblem> => {
    const opened = await store.open(record.image, "data");
    if (!opened.ok) return opened;
    try {
      return await compare(opened, record);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return imageProblem("image-unreadable", `${record.image} cannot be read to its end: ${error.message}`);
    } finally {
      await opened.file.close();
    }
  };

  const checkAll = async (record: ImageRecord): Promise<ImageUnchanged | ImageProblem> => {
    const file = await checkFile(record);
    if (!file.ok) return file;
    const signed = await readSignedManifest(store, record.image, publicKey);
    if (!signed.ok) return signed;
    if (signed.manifestSha256 === record.manifestSha256) return file;
    return imageProblem("image-manifest-invalid", `${record.image} has another manifest than was recorded`);
  };

  return {
    check(record) {
      const { image, fileSizeBytes, fileModifiedMs, fileSha256, manifestSha256 } = record;
      const key = JSON.stringify([image, fileSizeBytes, fileModifiedMs, fileSha256, manifestSha256]);
      const check = running.get(key) ?? checkAll(record).finally(() => running.delete(key));
      running.set(key, check);
      return check;
    },
  };
}
