import assert from "node:assert/strict";
import { test } from "node:test";
import { formatManifest, parseManifest } from "../../../../infra/images/index.ts";
import { sampleManifest, sampleText } from "./sample-manifest.ts";

function problemIn(text: string): string | undefined {
  const parsed = parseManifest(Buffer.from(text));
  return parsed.ok ? undefined : parsed.problem;
}

test("a manifest is written line by line, and read again as it was", () => {
  assert.equal(formatManifest(sampleManifest), sampleText);
  assert.deepEqual(parseManifest(Buffer.from(sampleText)), { ok: true, manifest: sampleManifest });
});

test("an image of one partition says which", () => {
  const manifest = { ...sampleManifest, partition: 2, partitions: [] };
  assert.match(formatManifest(manifest), /^target partition 2$/m);
  assert.deepEqual(parseManifest(Buffer.from(formatManifest(manifest))), { ok: true, manifest });
});

test("a manifest that was cut off anywhere is refused", () => {
  for (let length = 0; length < sampleText.length; length++) {
    assert.ok(problemIn(sampleText.slice(0, length)) !== undefined, `the first ${length} bytes`);
  }
  assert.match(problemIn(sampleText.slice(0, sampleText.indexOf("zero"))) ?? "", /is cut off after line 10/);
});

test("a manifest of which a byte is doubled, lost or another is refused, or says something else", () => {
  const said = new Set([sampleText]);
  for (let at = 0; at < sampleText.length; at += 3) {
    for (const insert of ["", sampleText.charAt(at).repeat(2), " ", "0", "\r", "\0", "é"]) {
      const text = sampleText.slice(0, at) + insert + sampleText.slice(at + 1);
      const parsed = parseManifest(Buffer.from(text));
      if (parsed.ok) assert.equal(formatManifest(parsed.manifest), text, `byte ${at}`);
      else said.add(text);
    }
  }
  assert.ok(said.size > 1_000);
});

const lies: Readonly<Record<string, readonly [find: string | RegExp, replace: string, problem: RegExp]>> = {
  "another version": ["reveille-image 1", "reveille-image 2", /does not begin/],
  "a path for a name": ["image debian-12.7_std", "image ../debian", /malformed: image must match/],
  "a missing line": [/^raw .*\n/m, "", /must have required properties: rawSizeBytes, rawSha256/],
  "a line said twice": [/^(image .*\n)/m, "$1$1", /not canonical: line 3/],
  "an unknown line": ["target disk", "target disk\nmount /", /not canonical: line 5/],
  "a number in hexadecimal": ["chunk-size 4194304", "chunk-size 0x400000", /not canonical: line 5/],
  "a negative offset": ["zero 4194304", "zero -4194304", /rawOffset must be/],
  "a length of nothing": ["zero 4194304 8388608", "zero 4194304 0", /rawLength must be/],
  "a number past exactness": ["zero 4194304 8388608", "zero 4194304 9007199254740992", /rawLength must be/],
  "a digest cut short": ["c".repeat(64), "c".repeat(63), /sha256Compressed must match/],
  "a raw gap": ["zero 4194304 8388608", "zero 4198400 8388608", /extent 1 \(zero\) begins at raw offset 4198400/],
  "a raw overlap": ["chunk 12582912 512", "chunk 8388608 512", /extent 2 \(chunk\) begins at raw offset 8388608/],
  "a gap in the file": ["512 1400 100", "512 1401 100", /begins at file offset 1401, not at 1400/],
  "a chunk that is read twice": ["512 1400 100", "512 0 100", /begins at file offset 0, not at 1400/],
  "a chunk that is larger than chunks are": ["chunk-size 4194304", "chunk-size 2097152", /more than a chunk/],
  "a short chunk before the last": [
    /zero 4194304 8388608\nchunk 12582912/,
    "zero 4194304 512\nchunk 4194816",
    /follows one that is no whole number of chunks/,
  ],
  "a raw size that the extents do not have": ["raw 12583424", "raw 12583936", /hold 12583424 raw bytes/],
  "a file size that the chunks do not have": ["file 1500", "file 1501", /fill 1500 bytes of a file/],
  "a count of extents that is wrong": ["end 3", "end 2", /not canonical: line 13 should be 'end 3'/],
  "extents after the end": ["end 3\n", "end 3\nzero 12583424 4194304\nend 4\n", /begins at raw offset|whole number/],
  "partitions out of order": [/^partition 5/m, "partition 1", /partition 1 stands after partition 1/],
  "a partition of an unknown type": ["8192 83 ", "8192 linux ", /type must match/],
  "a partition table in a partition": ["target disk", "target partition 1", /has no partition table/],
};

for (const [name, [find, replace, problem]] of Object.entries(lies)) {
  test(`a manifest with ${name} is refused, and the lie is named`, () => {
    const lying = sampleText.replace(find, replace);
    assert.notEqual(lying, sampleText);
    assert.match(problemIn(lying) ?? "", problem);
  });
}
