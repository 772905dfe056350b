import { spawnSync } from "node:child_process";
import { appendFile, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ImageStore,
  type UsableImage,
  captureImage,
  createImageKey,
  createRandomImage,
  openImageStore,
  readSignedManifest,
  restoreImage,
  verifyImage,
} from "../../../infra/images/index.ts";
import { readRange } from "../../../infra/images/read-range.ts";
import { cpuMsWithChildren } from "../processes.ts";
import { type Table, median, wholeNumber } from "../table.ts";

const rounds = 5;
const sizeMiB = 128;
const key = createImageKey();
const signal = new AbortController().signal;

interface Deed {
  readonly name: string;
  /** The plain zstd that it is compared with. */
  readonly beside?: string;
  readonly run: () => unknown;
}

/** How fast images are made, verified and written, beside plain zstd on the same disk in the same rounds. */
export async function measureImages(): Promise<Table> {
  const dir = await mkdtemp(join(tmpdir(), "reveille-bench-"));
  try {
    await createFullDisk(join(dir, "raw.img"));
    const took = await measure(deedsIn(dir, await openImageStore(dir)));
    const rateOf = (name: string | undefined): number => {
      const measured = took.find(({ deed }) => deed.name === name);
      return (sizeMiB * 1_000) / median(measured?.wallMs ?? []);
    };
    return {
      columns: [`a disk of ${sizeMiB} MiB`, "MiB/s, median", "best", "CPU s", "of plain zstd"],
      rows: took.map(({ deed, wallMs, cpuMs }) => [
        deed.name,
        wholeNumber(rateOf(deed.name)),
        wholeNumber((sizeMiB * 1_000) / Math.min(...wallMs)),
        (median(cpuMs) / 1_000).toFixed(2),
        deed.beside === undefined ? "" : (rateOf(deed.name) / rateOf(deed.beside)).toFixed(2),
      ]),
      note: `${rounds} rounds after one to warm up, each round all of them in turn; half of the disk is random, half text. What is ours also hashes: the raw bytes twice, the compressed ones twice, when they are captured and when they are verified.`,
    };
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Without zeros, which an image leaves out: they would flatter us. */
async function createFullDisk(path: string): Promise<void> {
  for (let written = 0; written < sizeMiB; written += 2) {
    await createRandomImage(`${path}.part`, { sizeMiB: 2, seed: String(written) });
    await appendFile(path, await readFile(`${path}.part`));
  }
  await rm(`${path}.part`);
}

/** What is unpacked was packed before it in the same round. */
function deedsIn(dir: string, store: ImageStore): readonly Deed[] {
  const zstd = (...args: readonly string[]) => spawnSync("zstd", ["-q", "-f", ...args], { stdio: "ignore" });
  const [raw, plain, unpacked] = [join(dir, "raw.img"), join(dir, "plain.zst"), join(dir, "unpacked")];
  return [
    { name: "zstd -3 -T1", run: () => zstd("-3", "-T1", raw, "-o", plain) },
    { name: "zstd -3 -T0", run: () => zstd("-3", "-T0", raw, "-o", plain) },
    { name: "capture", beside: "zstd -3 -T0", run: () => capture(store) },
    { name: "zstd -d", run: () => zstd("-d", plain, "-o", unpacked) },
    { name: "restore", beside: "zstd -d", run: () => restore(store, unpacked) },
    { name: "verify", beside: "zstd -d", run: () => verified(store) },
  ];
}

async function measure(deeds: readonly Deed[]) {
  const took = deeds.map((deed) => ({ deed, wallMs: [] as number[], cpuMs: [] as number[] }));
  for (let round = -1; round < rounds; round++) {
    for (const { deed, wallMs, cpuMs } of took) {
      const before = { at: performance.now(), cpuMs: cpuMsWithChildren() };
      await deed.run();
      if (round < 0) continue;
      wallMs.push(performance.now() - before.at);
      cpuMs.push(cpuMsWithChildren() - before.cpuMs);
    }
  }
  return took;
}

async function capture(store: ImageStore): Promise<void> {
  const source = await store.openSource("raw.img");
  if (!source.ok) throw new Error(source.detail);
  const options = { store, image: "base", privateKey: key.privateKey, now: new Date(), signal };
  const captured = await captureImage(source, options);
  await source.file.close();
  if (!captured.ok) throw new Error(captured.detail);
}

async function verified(store: ImageStore): Promise<UsableImage> {
  const image = await verifyImage(store, "base", { publicKey: key.publicKey, signal });
  if (!image.ok) throw new Error(image.detail);
  return image;
}

async function restore(store: ImageStore, path: string): Promise<void> {
  const signed = await readSignedManifest(store, "base", key.publicKey);
  const data = await store.open("base", "data");
  if (!signed.ok || !data.ok) throw new Error("the image that was just made is not there");
  await rm(path, { force: true });
  const target = await open(path, "w+");
  const readChunk = (offset: number, length: number) => readRange(data.file, offset, length);
  const outcome = await restoreImage(signed.manifest, { readChunk, target }, { signal });
  await Promise.all([target.close(), data.file.close()]);
  if (!outcome.ok) throw new Error(outcome.detail);
}
