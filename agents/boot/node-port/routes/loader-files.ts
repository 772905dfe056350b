import type { FastifyInstance } from "fastify";
import type { NodePortParts } from "../parts.ts";
import { RequestRefusal } from "../refusal.ts";
import { openFile, sendFile } from "../send-file.ts";

/** `/v1/kernel` and `/v1/ramdisk`: the loader's files, as the config names them. They hold no secret. */
export function loaderFileRoutes(server: FastifyInstance, { log, settings }: NodePortParts): void {
  const files = {
    kernel: ["kernelFile", settings.kernelFile],
    ramdisk: ["ramdiskFile", settings.ramdiskFile],
  } as const;
  for (const [name, [key, path]] of Object.entries(files)) {
    server.get(`/v1/${name}`, async (request, reply) => {
      const opened = path === undefined ? undefined : await openFile(path);
      if (opened) return sendFile(reply, opened, request.headers.range);
      log.error({ path }, `a node asks for the ${name}: set agents.boot.${key} to a file that can be read`);
      throw new RequestRefusal(404, `there is no ${name}`);
    });
  }
}
