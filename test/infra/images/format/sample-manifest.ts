import type { ImageManifest } from "../../../../infra/images/index.ts";

const chunk = 4_194_304;
const digestOf = (digit: string): string => digit.repeat(64);

/** Three chunks and a bit: data, two chunks of zeros, and a short last chunk of data. */
export const sampleManifest: ImageManifest = {
  v: 1,
  image: "debian-12.7_std",
  createdAt: "2025-01-01T00:00:00.000Z",
  chunkSizeBytes: chunk,
  rawSizeBytes: 3 * chunk + 512,
  rawSha256: digestOf("a"),
  fileSizeBytes: 1_500,
  fileSha256: digestOf("b"),
  partitions: [
    { number: 1, startSector: 2_048, sizeSectors: 8_192, type: "83", isBootable: true },
    { number: 5, startSector: 12_288, sizeSectors: 4_096, type: "82", isBootable: false },
  ],
  extents: [
    {
      kind: "chunk",
      rawOffset: 0,
      rawLength: chunk,
      fileOffset: 0,
      fileLength: 1_400,
      sha256Compressed: digestOf("c"),
      sha256Raw: digestOf("d"),
    },
    { kind: "zero", rawOffset: chunk, rawLength: 2 * chunk },
    {
      kind: "chunk",
      rawOffset: 3 * chunk,
      rawLength: 512,
      fileOffset: 1_400,
      fileLength: 100,
      sha256Compressed: digestOf("e"),
      sha256Raw: digestOf("f"),
    },
  ],
};

export const sampleText = `reveille-image 1
image debian-12.7_std
created 2025-01-01T00:00:00.000Z
target disk
chunk-size 4194304
raw 12583424 ${digestOf("a")}
file 1500 ${digestOf("b")}
partition 1 2048 8192 83 bootable
partition 5 12288 4096 82 plain
chunk 0 4194304 0 1400 ${digestOf("c")} ${digestOf("d")}
zero 4194304 8388608
chunk 12582912 512 1400 100 ${digestOf("e")} ${digestOf("f")}
end 3
`;
