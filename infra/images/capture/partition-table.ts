/**
 * The partition table of a raw disk. An MBR is the first sector: four entries of 16 bytes from byte 446, then 55 AA.
 *
 *     entry: 0 80 if active, else 00 | 4 type, 00 if unused | 8 first sector (4 bytes) | 12 sectors (4), little-endian
 *
 * Type EE says that a GPT follows. An extended partition holds a chain of further MBRs: each one's first entry is a
 * partition, numbered from 5, that counts from that MBR; its second is the next MBR, and counts from the extended one.
 */
import type { Partition } from "../../../contracts/index.ts";
import { sectorBytes } from "../format/manifest.ts";
import { readGpt } from "./gpt.ts";
import type { ReadDisk } from "./source.ts";

export type PartitionTable =
  { readonly ok: true; readonly partitions: readonly Partition[] } | { readonly ok: false; readonly problem: string };

const protectiveType = 0xee;
const extendedTypes = new Set([0x05, 0x0f, 0x85]);
const maxPartitions = 128;

/** A disk without a table, or whose first sector is a file system's and only looks like one, has no partitions. */
export async function readPartitionTable(readDisk: ReadDisk): Promise<PartitionTable> {
  const entries = entriesIn(await readDisk(0, sectorBytes));
  if (entries === undefined) return { ok: true, partitions: [] };
  const found = entries.some(({ type }) => type === protectiveType)
    ? await readGpt(readDisk)
    : await readMbr(readDisk, entries);
  if (typeof found === "string") return { ok: false, problem: found };
  return { ok: true, partitions: found };
}

interface Entry {
  readonly isActive: boolean;
  readonly type: number;
  readonly startSector: number;
  readonly sizeSectors: number;
}

/** The four entries of an MBR, unused ones with type 0; undefined if it is none. */
function entriesIn(sector: Buffer): readonly Entry[] | undefined {
  if (sector.length < sectorBytes || sector.readUInt16BE(510) !== 0x55aa) return undefined;
  const entries: Entry[] = [];
  for (let at = 446; at < 510; at += 16) {
    const status = sector.readUInt8(at);
    const type = sector.readUInt8(at + 4);
    const startSector = sector.readUInt32LE(at + 8);
    const sizeSectors = sector.readUInt32LE(at + 12);
    // A file system's boot sector ends in 55 AA too, but with code and text in these places.
    if ((status & 0x7f) !== 0 || (type !== 0 && (startSector === 0 || sizeSectors === 0))) return undefined;
    entries.push({ isActive: status !== 0, type, startSector, sizeSectors });
  }
  return entries;
}

async function readMbr(readDisk: ReadDisk, entries: readonly Entry[]): Promise<readonly Partition[] | string> {
  const partitions = entries.flatMap((entry, index) => (entry.type === 0 ? [] : [partitionOf(entry, index + 1)]));
  const extended = entries.find(({ type }) => extendedTypes.has(type));
  if (extended === undefined) return partitions;

  let mbrSector = extended.startSector;
  for (let number = 5; number <= maxPartitions; number++) {
    const [logical, next] = entriesIn(await readDisk(mbrSector * sectorBytes, sectorBytes)) ?? [];
    if (logical === undefined) return `the extended partition breaks off before partition ${number}`;
    if (logical.type !== 0) {
      partitions.push(partitionOf({ ...logical, startSector: mbrSector + logical.startSector }, number));
    }
    if (next === undefined || next.type === 0) return partitions;
    mbrSector = extended.startSector + next.startSector;
  }
  return "the extended partition does not end";
}

function partitionOf({ isActive, type, startSector, sizeSectors }: Entry, number: number): Partition {
  return { number, startSector, sizeSectors, type: type.toString(16).padStart(2, "0"), isBootable: isActive };
}
