import { open } from "node:fs/promises";

/** Makes the names in a directory survive a power cut: what was renamed or removed before stays so. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
