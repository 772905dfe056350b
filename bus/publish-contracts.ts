import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { publicationPlan, publishedFiles, publishedFolder, readPublished } from "./publication/published-files.ts";

// `npm run contracts`: brings docs/contracts up to date with contracts/. A test says when it is stale.
const wanted = await publishedFiles();
const { write, remove } = publicationPlan(wanted, await readPublished());
for (const path of write) {
  await mkdir(dirname(join(publishedFolder, path)), { recursive: true });
  await writeFile(join(publishedFolder, path), wanted.get(path) ?? "");
  console.log(`wrote ${path}`);
}
for (const path of remove) {
  await rm(join(publishedFolder, path));
  console.log(`removed ${path}`);
}
if (write.length + remove.length === 0) console.log("docs/contracts is up to date");
