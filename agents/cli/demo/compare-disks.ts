import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Reveille } from "../../../bus/index.ts";
import type { EmbeddedSite } from "../up/start-site.ts";

/**
 * The nodes whose disk does not hold the image: each disk is read anew from its first byte to the image's last, and its
 * digest compared with the one that was recorded of the image when it was made.
 */
export async function findDifferingDisks(
  { reveille, site }: { readonly reveille: Reveille; readonly site: EmbeddedSite },
  nodelist: readonly string[],
  image: string,
): Promise<readonly string[]> {
  const reply = await reveille.query("images", { image });
  const { rawBytes, sha256 } = (reply.ok ? reply.answer.images[0] : undefined) ?? {};
  if (rawBytes === undefined) return nodelist;
  const differing: string[] = [];
  for (const { name, diskFile = "" } of site.fleet.nodes.filter((node) => nodelist.includes(node.name))) {
    const hash = createHash("sha256");
    for await (const part of createReadStream(diskFile, { end: rawBytes - 1 })) hash.update(part as Buffer);
    if (hash.digest("hex") !== sha256) differing.push(name);
  }
  return differing;
}
