/**
 * A GUID partition table (UEFI 2.10 §5.3): a header in the sector behind the protective MBR, and the array of entries
 * that it points to, both with a CRC-32. All numbers are little-endian.
 *
 *     header: 0 "EFI PART" | 12 header size | 16 CRC of the header, itself taken as 0 | 72 sector of the entries (8 bytes)
 *             80 number of entries | 84 size of an entry | 88 CRC of the entries
 *     entry:  0 type GUID, all zero if unused | 32 first sector (8) | 40 last sector (8) | 48 attributes (8)
 */
import type { Partition } from "../../../contracts/index.ts";
import { sectorBytes } from "../format/manifest.ts";
import type { ReadDisk } from "./source.ts";

const signature = "EFI PART";
const minHeaderBytes = 92;
const minEntryBytes = 128;
/** Tables are of 16 KiB; one of more than this is a broken header's word. */
const maxTableBytes = 1024 * 1024;
const maxPartitions = 128;
/** Attribute bit 2: a BIOS boots from it. */
const bootableBit = 4n;

/** The partitions, or what is broken. Disks with sectors of 512 and of 4,096 bytes are told apart by where the header is. */
export async function readGpt(readDisk: ReadDisk): Promise<readonly Partition[] | string> {
  for (const diskSectorBytes of [512, 4_096]) {
    const sector = await readDisk(diskSectorBytes, diskSectorBytes);
    if (sector.toString("latin1", 0, 8) === signature) return readTable(readDisk, sector, diskSectorBytes);
  }
  return "there is a protective MBR, but no GPT behind it";
}

async function readTable(
  readDisk: ReadDisk,
  sector: Buffer,
  diskSectorBytes: number,
): Promise<readonly Partition[] | string> {
  const headerBytes = sector.length < minHeaderBytes ? 0 : sector.readUInt32LE(12);
  if (headerBytes < minHeaderBytes || headerBytes > sector.length) return "the header of the GPT is cut off";
  const header = Buffer.from(sector.subarray(0, headerBytes));
  header.fill(0, 16, 20);
  if (crc32(header) !== sector.readUInt32LE(16)) return "the header of the GPT is broken";

  const count = header.readUInt32LE(80);
  const entryBytes = header.readUInt32LE(84);
  const tableBytes = count * entryBytes;
  if (entryBytes < minEntryBytes || tableBytes > maxTableBytes) return "the header of the GPT is of an unknown kind";
  const tableOffset = Number(header.readBigUInt64LE(72)) * diskSectorBytes;
  if (!Number.isSafeInteger(tableOffset)) return "the header of the GPT points past any disk";
  const table = await readDisk(tableOffset, tableBytes);
  if (table.length < tableBytes || crc32(table) !== header.readUInt32LE(88)) return "the entries of the GPT are broken";

  const partitions: Partition[] = [];
  for (let index = 0; index < Math.min(count, maxPartitions); index++) {
    const entry = table.subarray(index * entryBytes, (index + 1) * entryBytes);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const first = entry.readBigUInt64LE(32);
    const last = entry.readBigUInt64LE(40);
    if (last < first) return `partition ${index + 1} of the GPT ends before it begins`;
    if (!Number.isSafeInteger(Number(last) * diskSectorBytes))
      return `partition ${index + 1} of the GPT ends past any disk`;
    partitions.push({
      number: index + 1,
      startSector: Number(first) * (diskSectorBytes / sectorBytes),
      sizeSectors: Number(last - first + 1n) * (diskSectorBytes / sectorBytes),
      type: guidIn(entry),
      isBootable: (entry.readBigUInt64LE(48) & bootableBit) !== 0n,
    });
  }
  return partitions;
}

/** The first three fields of a GUID are little-endian (RFC 9562, "mixed-endian"). */
function guidIn(entry: Buffer): string {
  const swapped = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => entry.readUInt8(at));
  const hex = Buffer.from(swapped).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** CRC-32 as Ethernet and zip have it. */
function crc32(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
