import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { images as table } from "../schema/reload.ts";

/** An image whose files are in the image directory, and what was recorded of it. */
export type ImportedImage = typeof table.$inferInsert;

/** Writes images' rows in one transaction, replacing what has the same name. Opens and closes its own connection. */
export async function importImages(url: string, images: readonly ImportedImage[]): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await drizzle(client).transaction(async (tx) => {
      for (const image of images) {
        await tx.insert(table).values(image).onConflictDoUpdate({ target: table.name, set: image });
      }
    });
  } finally {
    await client.end();
  }
}
