import type { NodeTypeSettings } from "../../contracts/index.ts";

const mib = 1024 * 1024;
const gb = 1_000_000_000;
/** What a disk is taken to hold that the inventory does not tell the size of, bytes (Emulab's guess). */
const guessedDiskBytes = 20 * gb;

/** How long a load may take from the node's restart, seconds: by what is to be fetched, or by what is to be zeroed. */
export function loadSeconds(
  settings: Pick<NodeTypeSettings, "reloadBaseS" | "reloadPerMiBS" | "zeroFreePerGBS">,
  images: readonly { readonly rawBytes: number; readonly fileBytes: number }[],
  { zeroFree }: { readonly zeroFree: boolean },
): number {
  const { reloadBaseS, reloadPerMiBS, zeroFreePerGBS } = settings;
  if (zeroFree) {
    const diskBytes = Math.max(guessedDiskBytes, ...images.map(({ rawBytes }) => rawBytes));
    return (diskBytes / gb) * zeroFreePerGBS;
  }
  const fileBytes = images.reduce((sum, image) => sum + image.fileBytes, 0);
  return (fileBytes / mib) * reloadPerMiBS + reloadBaseS;
}

/** How long a load takes if all goes well, seconds: half of what the way into the ramdisk may take, and what its bytes add. */
export function estimatedLoadSeconds(
  { reloadStartS, reloadPerMiBS }: Pick<NodeTypeSettings, "reloadStartS" | "reloadPerMiBS">,
  fileBytes: number,
): number {
  return reloadStartS / 2 + (fileBytes / mib) * reloadPerMiBS;
}
