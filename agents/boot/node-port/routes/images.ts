import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { ramdiskOf } from "../asker.ts";
import type { NodePortParts } from "../parts.ts";
import { RequestRefusal } from "../refusal.ts";
import { openFile, sendFile } from "../send-file.ts";

/** What of an image may be asked for, and what its file's name ends in. */
const parts = { manifest: ".manifest", signature: ".manifest.sig", data: ".zst" } as const;

/** A chunk that multicast lost is fetched by a request of its own: so many from one address in 10 s are still honest. */
const rateLimit = { max: 3_000, timeWindow: 10_000 };

/**
 * `/v1/images/NAME/…`: the images of the plan that the ramdisk was booted for, and no other. The file's name is made of the
 * plan's own word, never of the request's.
 */
export function imageRoutes(server: FastifyInstance, { log, sql, settings }: NodePortParts): void {
  for (const [part, ending] of Object.entries(parts)) {
    server.get(`/v1/images/:image/${part}`, { config: { rateLimit } }, async (request, reply) => {
      const { node, plan } = await ramdiskOf(sql, request);
      const { image: asked } = request.params as { readonly image: string };
      const planned = plan?.images.find(({ image }) => image === asked);
      if (!planned) {
        log.warn({ node, asked }, "a node asks for an image that is not in its plan");
        throw new RequestRefusal(403, "this image is not in this node's plan");
      }
      const path = join(settings.imageDir, `${planned.image}${ending}`);
      const opened = await openFile(path);
      if (opened) return sendFile(reply, opened, request.headers.range);
      log.error({ node, path }, "a file of an image that is to be loaded cannot be read");
      throw new RequestRefusal(404, `there is no ${part} of ${planned.image}`);
    });
  }
}
