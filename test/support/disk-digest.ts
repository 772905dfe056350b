import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of the first bytes of a simulated disk, hexadecimal: the oracle of a load, whatever the node said of it. */
export async function digestOfDisk(diskFile: string, bytes: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(diskFile, { end: bytes - 1 })) hash.update(part as Buffer);
  return hash.digest("hex");
}
