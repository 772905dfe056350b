/**
 * Reads a manifest that anybody may have written. Lines are taken apart loosely, then the schema says whether the values
 * are of the right shape, then whether they fit together is checked, and last that the text is exactly the canonical
 * one: so no two readers can see two things in one signed text.
 */
import { hasShape, problemsOf } from "../../../contracts/index.ts";
import { contradictionIn } from "./contradiction.ts";
import { formatManifest } from "./format-manifest.ts";
import { ImageManifest, manifestVersion } from "./manifest.ts";

/** A longer manifest is refused unread: it would be of an image of more than a tebibyte without a hole. */
export const maxManifestBytes = 64 * 1024 * 1024;

export type ParsedManifest =
  { readonly ok: true; readonly manifest: ImageManifest } | { readonly ok: false; readonly problem: string };

export function parseManifest(bytes: Buffer): ParsedManifest {
  const refuse = (problem: string): ParsedManifest => ({ ok: false, problem });
  if (bytes.length > maxManifestBytes) return refuse(`has ${bytes.length} bytes, more than ${maxManifestBytes}`);
  const text = bytes.toString("latin1");
  const lines = text.split("\n");
  if (lines[0] !== `reveille-image ${manifestVersion}`) return refuse("does not begin as a manifest of version 1 does");
  if (lines.pop() !== "" || !lines.at(-1)?.startsWith("end ")) return refuse(`is cut off after line ${lines.length}`);

  const value = valueOf(lines);
  if (!hasShape(ImageManifest, value)) return refuse(`is malformed: ${problemsOf(ImageManifest, value)}`);
  const contradiction = contradictionIn(value);
  if (contradiction !== undefined) return refuse(`contradicts itself: ${contradiction}`);
  const canonical = formatManifest(value).split("\n");
  const stray = lines.findIndex((line, index) => line !== canonical[index]);
  if (stray >= 0 || canonical.length !== lines.length + 1) {
    const at = stray >= 0 ? stray : lines.length;
    return refuse(`is not canonical: line ${at + 1} should be '${canonical[at] ?? ""}'`);
  }
  return { ok: true, manifest: value };
}

type Draft = Record<string, unknown> & { readonly partitions: unknown[]; readonly extents: unknown[] };

/** What each line adds, by its first word. A line of another kind adds nothing, and so is not canonical. */
const lineReaders: Readonly<Record<string, (draft: Draft, words: readonly string[]) => unknown>> = {
  image: (draft, [image]) => Object.assign(draft, { image }),
  created: (draft, [createdAt]) => Object.assign(draft, { createdAt }),
  target: (draft, [kind, number]) => kind === "partition" && Object.assign(draft, { partition: Number(number) }),
  "chunk-size": (draft, [bytes]) => Object.assign(draft, { chunkSizeBytes: Number(bytes) }),
  raw: (draft, [bytes, rawSha256]) => Object.assign(draft, { rawSizeBytes: Number(bytes), rawSha256 }),
  file: (draft, [bytes, fileSha256]) => Object.assign(draft, { fileSizeBytes: Number(bytes), fileSha256 }),
  partition: (draft, [number, start, sectors, type, isBootable]) =>
    draft.partitions.push({
      number: Number(number),
      startSector: Number(start),
      sizeSectors: Number(sectors),
      type,
      isBootable: isBootable === "bootable",
    }),
  chunk: (draft, [rawOffset, rawLength, fileOffset, fileLength, sha256Compressed, sha256Raw]) =>
    draft.extents.push({
      kind: "chunk",
      rawOffset: Number(rawOffset),
      rawLength: Number(rawLength),
      fileOffset: Number(fileOffset),
      fileLength: Number(fileLength),
      sha256Compressed,
      sha256Raw,
    }),
  zero: (draft, [rawOffset, rawLength]) =>
    draft.extents.push({ kind: "zero", rawOffset: Number(rawOffset), rawLength: Number(rawLength) }),
};

function valueOf(lines: readonly string[]): unknown {
  const draft: Draft = { v: manifestVersion, partitions: [], extents: [] };
  for (const line of lines) {
    const [kind = "", ...words] = line.split(" ");
    if (Object.hasOwn(lineReaders, kind)) lineReaders[kind]?.(draft, words);
  }
  return draft;
}
