import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { addImage } from "../../../../agents/reload/images/add-image.ts";
import { cancelImage } from "../../../../agents/reload/images/cancel-image.ts";
import type { ImageDeedOptions } from "../../../../agents/reload/images/image-deed.ts";
import { removeImage } from "../../../../agents/reload/images/remove-image.ts";
import { setImage } from "../../../../agents/reload/images/set-image.ts";
import { verifyImage } from "../../../../agents/reload/images/verify-image.ts";
import type { ImageAddArgs, ImageSetArgs } from "../../../../contracts/index.ts";
import { openDatabase, readImageRows } from "../../../../infra/db/index.ts";
import { createImageKey, createRandomImage, openImageStore } from "../../../../infra/images/index.ts";
import type { DatabaseServer } from "../../../support/database.ts";
import { nodeOf, siteOf } from "../../../support/inventory.ts";

/** A site with an admin, a member and a leader of `demo`, and raw disks in the image directory. */
export async function openImageDeeds(t: TestContext, databases: DatabaseServer) {
  const dir = mkdtempSync(join(tmpdir(), "reveille-images-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const imageDir = join(dir, "images");
  for (const folder of [imageDir, join(imageDir, "demo"), join(imageDir, "other")]) mkdirSync(folder);
  const inventory = siteOf([nodeOf("pc1", { mac: "02:00:00:00:00:01" })], {
    users: [
      { name: "root", kind: "person", publicKey: "U-root", isAdmin: true },
      { name: "ann", kind: "person", publicKey: "U-ann", projects: ["demo"] },
      { name: "lea", kind: "person", publicKey: "U-lea", leads: ["demo"] },
      { name: "bob", kind: "person", publicKey: "U-bob", projects: ["other"] },
    ],
    nodeTypes: [{ name: "pc", defaultImage: "standard" }],
  });
  const database = await databases.newDatabase(t, inventory);
  const place = openDatabase({ url: database.urlOf("reload"), name: "images" });
  t.after(() => place.close());
  const { sql } = place;
  const { privateKey } = createImageKey();
  const store = await openImageStore(imageDir);
  const tools = { ...place, store, privateKey };
  await createRandomImage(join(imageDir, "demo", "web.raw"), { sizeMiB: 9, seed: "web" });
  await copyFile(join(imageDir, "demo", "web.raw"), join(imageDir, "other", "secret.raw"));
  const deedOf = (user: string, more: Partial<ImageDeedOptions> = {}): ImageDeedOptions => ({
    user,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  });
  return {
    ...{ dir, imageDir, sql, place, owner: database.owner, privateKey },
    add: (user: string, args: ImageAddArgs, more?: Partial<ImageDeedOptions>) =>
      addImage(tools, args, deedOf(user, more)),
    verify: (user: string, image: string, more?: Partial<ImageDeedOptions>) =>
      verifyImage(tools, { image }, deedOf(user, more)),
    cancel: (user: string, image: string) => cancelImage(tools, { image }, deedOf(user)),
    set: (user: string, args: ImageSetArgs) => setImage(tools, args, { user }),
    remove: (user: string, image: string) => removeImage(tools, { image }, deedOf(user)),
    stateOf: async (image: string) => (await readImageRows(sql, [image]))[0]?.state,
    /** As if a node had been told to load it. */
    load: (image: string) => database.owner`
      insert into reload.boot_selections (node, boot, load_id, plan)
      values ('pc1', 'loader', 'l', ${database.owner.json({ images: [{ image }] })})`,
  };
}
