import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { SecretExposedError } from "./errors.ts";

/**
 * Writes a secret to a file of mode 0600, whole or not at all: a reader sees the old text or the new, and the new one
 * survives a power cut. The folder must exist.
 */
export async function writeSecret(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Reads a secret that only its owner can read.
 *
 * @throws SecretExposedError when group or others have any right to the file.
 */
export async function readSecret(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const mode = (await file.stat()).mode & 0o777;
    if ((mode & 0o077) !== 0) throw new SecretExposedError(path, mode);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
