import { type FileHandle, constants, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Partition } from "../../../contracts/index.ts";

/** A machine's disk: a sparse file that is as long as what was written to it. */
export interface Disk {
  /** Undefined: the fleet has no folder for disks, so nothing can be written. */
  readonly file: string | undefined;
  readonly sizeBytes: number;
  /** A load began and did not end: nothing boots from it. */
  isHalfWritten: boolean;
  /** The partition table that the last image of a whole disk brought. */
  partitions: readonly Partition[];
  /** Opens it for `work`, one at a time: what an earlier run still writes is over before. */
  use<T>(work: (target: FileHandle) => Promise<T>): Promise<T>;
}

export function createDisk(file: string | undefined, sizeBytes: number): Disk {
  let former: Promise<unknown> = Promise.resolve();

  async function openAndWork<T>(work: (target: FileHandle) => Promise<T>): Promise<T> {
    if (file === undefined) throw new Error("this fleet has no folder for disks");
    await mkdir(dirname(file), { recursive: true });
    const target = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      return await work(target);
    } finally {
      await target.close();
    }
  }

  return {
    file,
    sizeBytes,
    isHalfWritten: false,
    partitions: [],
    use(work) {
      const done = former.then(() => openAndWork(work));
      former = done.catch(() => undefined);
      return done;
    },
  };
}
