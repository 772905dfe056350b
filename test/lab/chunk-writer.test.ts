import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, before, test } from "node:test";
import { buildProgram } from "../../infra/lab/index.ts";
import { until } from "../infra/simulator/support/until.ts";
import { type SmallImage, chunkBytes, sha256Of, smallImage } from "./support/small-image.ts";

let chunkWriter = "";
before(async () => {
  chunkWriter = await buildProgram("chunk-writer");
});

/** Two chunks, two of zeros, a chunk, and a short last one. */
const image = smallImage(
  "base",
  Buffer.concat([randomBytes(2 * chunkBytes), Buffer.alloc(2 * chunkBytes), randomBytes(chunkBytes + 512)]),
);

/** A disk full of what was there before, and the way to run chunk-writer on it. */
async function scene(t: TestContext, { raw, manifestText }: Pick<SmallImage, "raw" | "manifestText"> = image) {
  const folder = await mkdtemp(join(tmpdir(), "reveille-writer-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  await writeFile(path("manifest"), manifestText);
  await writeFile(path("disk"), Buffer.alloc(raw.length + chunkBytes, 0xaa));
  const start = (...words: string[]) =>
    spawn(
      chunkWriter,
      words.map((word) => (word.startsWith("@") ? path(word.slice(1)) : word)),
    );
  const run = async (words: string, input: Buffer = Buffer.alloc(0)) => {
    const child = start(...words.split(" "));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { stdout, stderr, status: child.exitCode };
  };
  return { start, run, disk: () => readFile(path("disk")), state: () => readFile(path("state"), "latin1") };
}

const isFilledWith = (byte: number, bytes: Buffer): boolean => bytes.equals(Buffer.alloc(bytes.length, byte));

const corrupt = (file: Buffer, at: number): Buffer => {
  const wrong = Buffer.from(file);
  wrong[at] = (wrong[at] ?? 0) ^ 1;
  return wrong;
};

test("a stream that is right fills the disk, zeros included, and what lies beyond stays", async (t) => {
  const { run, disk } = await scene(t);
  assert.deepEqual(await run("write @manifest @state @disk", image.file), {
    stdout: `sha256 ${image.manifest.rawSha256}\n`,
    stderr: "",
    status: 0,
  });
  const written = await disk();
  assert.equal(sha256Of(written.subarray(0, image.raw.length)), image.manifest.rawSha256);
  assert.ok(isFilledWith(0xaa, written.subarray(image.raw.length)));
});

test("a chunk with another digest is not written, and is named until it is right", async (t) => {
  const { run, disk } = await scene(t);
  const second = image.manifest.extents[1]!;
  assert.ok(second.kind === "chunk");
  const end = await run("write @manifest @state @disk", corrupt(image.file, second.fileOffset + 7));
  assert.deepEqual([end.status, end.stdout], [1, ""]);
  assert.ok(isFilledWith(0xaa, (await disk()).subarray(second.rawOffset, second.rawOffset + 100)));
  assert.equal((await run("wrong @manifest @state")).stdout, "1\n");

  const { stdout: gaps } = await run("gaps @manifest @state");
  const last = second.fileOffset + second.fileLength - 1;
  // What the machine boots by comes last, so it lacks as long as anything does.
  assert.equal(gaps, `0 2 0 ${last}\n`);
  assert.equal((await run("write @manifest @state @disk 0 2", image.file.subarray(0, last + 1))).status, 0);
  assert.equal((await run("gaps @manifest @state")).stdout, "");
  assert.equal((await run("digest @manifest @disk")).stdout, `sha256 ${image.manifest.rawSha256}\n`);
});

test("a stream that breaks off leaves a disk that does not boot, and says what lacks", async (t) => {
  const { run, disk } = await scene(t);
  const third = image.manifest.extents[3]!;
  assert.ok(third.kind === "chunk");
  const end = await run(
    "write @manifest @state @disk",
    image.file.subarray(0, third.fileOffset + third.fileLength + 3),
  );
  assert.equal(end.status, 1);
  const written = await disk();
  assert.ok(isFilledWith(0, written.subarray(0, chunkBytes)));
  assert.equal(
    sha256Of(written.subarray(chunkBytes, 2 * chunkBytes)),
    sha256Of(image.raw.subarray(chunkBytes, 2 * chunkBytes)),
  );
  const [first, last] = (await run("gaps @manifest @state")).stdout.trim().split("\n");
  assert.match(first ?? "", /^0 1 0 \d+$/);
  assert.match(last ?? "", /^4 1 /);
  assert.equal((await run("written @manifest @state")).stdout, `${4 * chunkBytes}\n`);
});

test("a writer that is killed leaves a disk that does not boot, and another goes on from its state", async (t) => {
  const { start, run, disk, state } = await scene(t);
  const child = start("write", "@manifest", "@state", "@disk");
  child.stdin.write(image.file.subarray(0, -3));
  const second = image.manifest.extents.length - 2;
  await until("the last whole chunk is written", async () => (await state().catch(() => ""))[second] === "+");
  child.kill("SIGKILL");
  await once(child, "close");
  assert.ok(isFilledWith(0, (await disk()).subarray(0, chunkBytes)));
  assert.equal((await run("write @manifest @state @disk", image.file)).status, 0);
  assert.equal(sha256Of((await disk()).subarray(0, image.raw.length)), image.manifest.rawSha256);
});

test("a disk that ends too early is a write error", async (t) => {
  const { run } = await scene(t);
  const { status, stderr } = await run("write @manifest @state /dev/full", image.file);
  assert.equal(status, 3);
  assert.match(stderr, /^chunk-writer: the disk refused a write at byte 0: No space left on device\n$/);
});

test("a range is zeroed", async (t) => {
  const { run, disk } = await scene(t);
  assert.equal((await run("zero @disk 512 1024")).status, 0);
  const written = await disk();
  assert.deepEqual([written[511], written[512], written[1535], written[1536]], [0xaa, 0, 0, 0xaa]);
});

const lies: readonly [title: string, manifestText: string][] = [
  ["cut off", image.manifestText.slice(0, -10)],
  ["with a gap on the disk", image.manifestText.replace(/^zero \d+ /m, "zero 12582912 ")],
  ["with a chunk beyond the image", image.manifestText.replace(/^raw \d+/m, "raw 4194304")],
  ["with a chunk that is larger than a chunk", image.manifestText.replace(/^chunk-size \d+/m, "chunk-size 512")],
  ["with a frame of a gigabyte", image.manifestText.replace(/^(chunk 0 \d+ 0) \d+/m, "$1 1073741824")],
];
for (const [title, manifestText] of lies) {
  test(`a manifest ${title} is refused before the disk is touched`, async (t) => {
    const { run, disk } = await scene(t, { ...image, manifestText });
    assert.equal((await run("write @manifest @state @disk", image.file)).status, 2);
    assert.ok(isFilledWith(0xaa, await disk()));
  });
}
