/**
 * Opens files below one directory for reading, and nothing else: no path leads out of it, no symbolic link is followed,
 * neither at the end of a path nor on the way there, and nothing is waited for (as a named pipe's writer would be). At the
 * end, open(2) sees to it. On the way there a folder may become a link at any instant, so what counts is where the file
 * that was opened really lies, as Linux says it; other systems do not say, and there a path may have one name only.
 */
import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, readlink } from "node:fs/promises";
import { join } from "node:path";

export interface OpenedFile {
  readonly ok: true;
  /** The caller closes it. */
  readonly file: FileHandle;
  /** 0 for a block device, whose size can only be found by reading. */
  readonly sizeBytes: number;
  /** Whole milliseconds since 1970, rounded down. */
  readonly modifiedMs: number;
  /** Another one after any change of the file, and for any other file. */
  readonly version: string;
}

/** `outside`: the path, or a link on it, leads elsewhere. `unfit`: there is something, but no file that can be read. */
export interface NotOpened {
  readonly ok: false;
  readonly why: "missing" | "outside" | "unreadable" | "unfit" | "empty";
  readonly detail: string;
}

/** What the system says of a path that cannot be opened; any other error is none of the path's. */
const whyOf: Readonly<Record<string, NotOpened["why"]>> = {
  ENOENT: "missing",
  ENOTDIR: "missing",
  ENAMETOOLONG: "missing",
  ELOOP: "outside",
  EMLINK: "outside",
  EACCES: "unreadable",
  EPERM: "unreadable",
  EIO: "unreadable",
  ESTALE: "unreadable",
  ENXIO: "unfit",
  ENODEV: "unfit",
};

const words: Readonly<Record<NotOpened["why"], string>> = {
  missing: "is not there",
  outside: "leads out of the image directory, or is a symbolic link: put the file itself there",
  unreadable: "cannot be read",
  unfit: "is not a file",
  empty: "holds no byte",
};

const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens `path`, relative to `directory`, which must be a real path: a file, or a block device where `mayBeDevice`.
 *
 * @throws the system's error, where it is not about this path.
 */
export async function openInside(
  directory: string,
  path: string,
  { mayBeDevice = false } = {},
): Promise<OpenedFile | NotOpened> {
  const refuse = (why: NotOpened["why"]): NotOpened => ({ ok: false, why, detail: `${path} ${words[why]}` });
  const names = path.split("/");
  if (!names.every(isOrdinaryName)) return refuse("outside");
  const whole = join(directory, path);
  let file: FileHandle | undefined;
  try {
    file = await open(whole, openFlags);
    const stats = await file.stat({ bigint: true });
    const isInside = names.length === 1 || (await whereIs(file)) === whole;
    const why = isInside ? unfitness(stats, mayBeDevice) : "outside";
    if (why !== undefined) return refuse(why);
    const opened = describe(file, stats);
    file = undefined;
    return opened;
  } catch (error) {
    const why = whyNot(error);
    if (why === undefined) throw error;
    return refuse(why);
  } finally {
    await file?.close();
  }
}

function whyNot(error: unknown): NotOpened["why"] | undefined {
  return error instanceof Error && "code" in error ? whyOf[String(error.code)] : undefined;
}

/** Whether a read failed because of the file or its disk, and not for want of memory or the like. */
export function isUnreadable(error: unknown): error is Error {
  return whyNot(error) === "unreadable";
}

function isOrdinaryName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !name.includes("\0");
}

/** Undefined where the system does not say. */
async function whereIs(file: FileHandle): Promise<string | undefined> {
  return readlink(`/proc/self/fd/${file.fd}`).catch(() => undefined);
}

function unfitness(stats: BigIntStats, mayBeDevice: boolean): NotOpened["why"] | undefined {
  if (stats.isBlockDevice() && mayBeDevice) return undefined;
  if (!stats.isFile()) return "unfit";
  return stats.size === 0n ? "empty" : undefined;
}

function describe(file: FileHandle, stats: BigIntStats): OpenedFile {
  return {
    ok: true,
    file,
    sizeBytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeMs),
    version: versionOf(stats),
  };
}

/** See `OpenedFile.version`. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(":");
}
