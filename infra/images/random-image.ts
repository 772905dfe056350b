import { createCipheriv, createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { sectorBytes } from "./format/manifest.ts";

export interface RandomImageOptions {
  /** At least 1. */
  readonly sizeMiB: number;
  /** The same seed and size make the same bytes. */
  readonly seed: string;
}

const mib = 1024 * 1024;
/** What the MiBs of a disk hold, over and over, a line for each chunk of 4: some is packed, some text, much was never written. */
const pattern = ["random", "text", "zero", "text", "random", "zero", "zero", "zero", "zero", "zero", "zero", "zero"];
const letters = Buffer.from("etaoinshrdlu    ");
/** Where DOS put the first partition: also the smallest disk has room for it. */
const firstSector = 63;

/**
 * Writes a raw disk for tests and simulated fleets: an MBR with one bootable partition, then what `pattern` says. A file
 * that is there is replaced.
 */
export async function createRandomImage(path: string, { sizeMiB, seed }: RandomImageOptions): Promise<void> {
  const key = createHash("sha256").update(seed).digest();
  const cipher = createCipheriv("chacha20", key, Buffer.alloc(16));
  const file = await open(path, "w");
  try {
    await file.truncate(sizeMiB * mib);
    for (let index = 0; index < sizeMiB; index++) {
      const kind = pattern[index % pattern.length];
      if (kind === "zero") continue;
      const random = cipher.update(Buffer.alloc(mib));
      await file.write(kind === "text" ? textOf(random) : random, 0, mib, index * mib);
    }
    await file.write(masterBootRecord((sizeMiB * mib) / sectorBytes), 0, sectorBytes, 0);
  } finally {
    await file.close();
  }
}

/** Of each byte a letter or a space, which halves it for a compressor. */
function textOf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => letters.readUInt8(byte % letters.length)));
}

function masterBootRecord(diskSectors: number): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  sector.writeUInt8(0x80, 446);
  sector.writeUInt8(0x83, 446 + 4);
  sector.writeUInt32LE(firstSector, 446 + 8);
  sector.writeUInt32LE(diskSectors - firstSector, 446 + 12);
  sector.writeUInt16BE(0x55aa, 510);
  return sector;
}
