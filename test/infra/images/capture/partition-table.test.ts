import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { test } from "node:test";
import { readPartitionTable } from "../../../../infra/images/capture/partition-table.ts";

const readDiskOf = (disk: Buffer) => async (offset: number, length: number) => disk.subarray(offset, offset + length);

interface Entry {
  readonly status?: number;
  readonly type: number;
  readonly start: number;
  readonly sectors: number;
}

function writeMbr(disk: Buffer, sector: number, entries: readonly Entry[]): void {
  const mbr = disk.subarray(sector * 512, (sector + 1) * 512);
  for (const [index, { status = 0, type, start, sectors }] of entries.entries()) {
    const at = 446 + 16 * index;
    mbr.writeUInt8(status, at);
    mbr.writeUInt8(type, at + 4);
    mbr.writeUInt32LE(start, at + 8);
    mbr.writeUInt32LE(sectors, at + 12);
  }
  mbr.writeUInt16BE(0x55aa, 510);
}

interface GptEntry {
  readonly index: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly attributes?: bigint;
}

/** Linux filesystem data, 0FC63DAF-8483-4772-8E79-3D69D8477DE4, as it stands on a disk. */
const linuxType = Buffer.from("af3dc60f838472478e793d69d8477de4", "hex");

function gptDisk(entries: readonly GptEntry[], sectorBytes = 512): Buffer {
  const disk = Buffer.alloc(64 * sectorBytes);
  writeMbr(disk, 0, [{ type: 0xee, start: 1, sectors: 0xffffffff }]);
  const table = disk.subarray(2 * sectorBytes, 2 * sectorBytes + 128 * 128);
  for (const { index, first, last, attributes = 0n } of entries) {
    const entry = table.subarray(index * 128);
    linuxType.copy(entry);
    entry.writeBigUInt64LE(first, 32);
    entry.writeBigUInt64LE(last, 40);
    entry.writeBigUInt64LE(attributes, 48);
  }
  const header = disk.subarray(sectorBytes, sectorBytes + 92);
  header.write("EFI PART", "latin1");
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(128, 80);
  header.writeUInt32LE(128, 84);
  header.writeUInt32LE(crc32(table), 88);
  header.writeUInt32LE(crc32(header), 16);
  return disk;
}

async function problemOf(disk: Buffer): Promise<string> {
  const table = await readPartitionTable(readDiskOf(disk));
  assert.ok(!table.ok);
  return table.problem;
}

test("a disk without a table has no partitions", async () => {
  for (const disk of [Buffer.alloc(0), Buffer.alloc(100), Buffer.alloc(4_096), Buffer.alloc(4_096, 0xff)]) {
    assert.deepEqual(await readPartitionTable(readDiskOf(disk)), { ok: true, partitions: [] });
  }
});

test("a file system's boot sector is no partition table, though it ends like one", async () => {
  const disk = Buffer.alloc(4_096, "Remove disks or other media.");
  disk.writeUInt16BE(0x55aa, 510);
  assert.deepEqual(await readPartitionTable(readDiskOf(disk)), { ok: true, partitions: [] });
});

test("the primary partitions of an MBR keep their numbers", async () => {
  const disk = Buffer.alloc(4_096);
  writeMbr(disk, 0, [
    { status: 0x80, type: 0x07, start: 63, sectors: 100 },
    { type: 0, start: 0, sectors: 0 },
    { type: 0x83, start: 200, sectors: 0xffff_ffff },
  ]);
  assert.deepEqual(await readPartitionTable(readDiskOf(disk)), {
    ok: true,
    partitions: [
      { number: 1, startSector: 63, sizeSectors: 100, type: "07", isBootable: true },
      { number: 3, startSector: 200, sizeSectors: 0xffff_ffff, type: "83", isBootable: false },
    ],
  });
});

test("logical partitions are followed along their chain", async () => {
  const disk = Buffer.alloc(100 * 512);
  writeMbr(disk, 0, [{ type: 0x05, start: 10, sectors: 80 }]);
  writeMbr(disk, 10, [
    { type: 0x83, start: 2, sectors: 5 },
    { type: 0x05, start: 20, sectors: 30 },
  ]);
  writeMbr(disk, 30, [{ type: 0x82, start: 3, sectors: 7 }]);
  assert.deepEqual(await readPartitionTable(readDiskOf(disk)), {
    ok: true,
    partitions: [
      { number: 1, startSector: 10, sizeSectors: 80, type: "05", isBootable: false },
      { number: 5, startSector: 12, sizeSectors: 5, type: "83", isBootable: false },
      { number: 6, startSector: 33, sizeSectors: 7, type: "82", isBootable: false },
    ],
  });
});

test("a chain of logical partitions that leads in a circle, or nowhere, is broken", async () => {
  const disk = Buffer.alloc(100 * 512);
  writeMbr(disk, 0, [{ type: 0x05, start: 10, sectors: 80 }]);
  assert.match(await problemOf(disk), /breaks off before partition 5/);
  writeMbr(disk, 10, [
    { type: 0x83, start: 2, sectors: 5 },
    { type: 0x05, start: 20, sectors: 30 },
  ]);
  writeMbr(disk, 30, [
    { type: 0x83, start: 2, sectors: 5 },
    { type: 0x05, start: 20, sectors: 30 },
  ]);
  assert.match(await problemOf(disk), /does not end/);
});

for (const sectorBytes of [512, 4_096]) {
  test(`a GPT on a disk with sectors of ${sectorBytes} bytes is told in sectors of 512`, async () => {
    const factor = sectorBytes / 512;
    const disk = gptDisk(
      [
        { index: 0, first: 40n, last: 47n, attributes: 4n },
        { index: 6, first: 48n, last: 48n },
      ],
      sectorBytes,
    );
    const type = "0fc63daf-8483-4772-8e79-3d69d8477de4";
    assert.deepEqual(await readPartitionTable(readDiskOf(disk)), {
      ok: true,
      partitions: [
        { number: 1, startSector: 40 * factor, sizeSectors: 8 * factor, type, isBootable: true },
        { number: 7, startSector: 48 * factor, sizeSectors: factor, type, isBootable: false },
      ],
    });
  });
}

test("a GPT of which a byte was changed, or that is cut off, is broken", async () => {
  const disk = gptDisk([{ index: 0, first: 40n, last: 47n }]);
  for (const at of [512, 512 + 12, 512 + 40, 512 + 72, 1_024, 1_024 + 32, 1_024 + 5_000]) {
    const changed = Buffer.from(disk);
    changed[at] = changed[at]! ^ 1;
    assert.match(await problemOf(changed), /GPT/, `byte ${at}`);
  }
  for (const length of [512, 520, 600, 1_024, 4_096]) {
    assert.match(await problemOf(disk.subarray(0, length)), /GPT/, `${length} bytes`);
  }
});

test("a GPT whose partition ends before it begins, or past any disk, is broken", async () => {
  assert.match(await problemOf(gptDisk([{ index: 0, first: 40n, last: 39n }])), /ends before it begins/);
  assert.match(await problemOf(gptDisk([{ index: 0, first: 40n, last: 2n ** 64n - 1n }])), /past any disk/);
});
