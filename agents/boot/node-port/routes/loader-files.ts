import type { FastifyInstance } from "fastify";
import type { BootSettings, NodePortParts } from "../parts.ts";
import { RequestRefusal } from "../refusal.ts";
import { openFile, sendFile } from "../send-file.ts";

/** A loader as nodes are given it. */
export interface ServedLoader {
  /** Its files are at `PATH/kernel` and `PATH/ramdisk`. */
  readonly path: string;
  readonly files: Pick<BootSettings, "kernelFile" | "ramdiskFile" | "consoleArgs">;
}

/** The loader that nodes of a type are given, by its name; null: the one of all others. Undefined if the config has none of that name. */
export function loaderNamed(name: string | null, settings: BootSettings): ServedLoader | undefined {
  if (name === null) return { path: "/v1", files: settings };
  const files = settings.loaders?.[name];
  return files && { path: `/v1/loaders/${name}`, files };
}

/** `/v1/kernel`, `/v1/ramdisk`, and the same of each named loader: the files, as the config names them. They hold no secret. */
export function loaderFileRoutes(server: FastifyInstance, { log, settings }: NodePortParts): void {
  for (const name of [null, ...Object.keys(settings.loaders ?? {})]) {
    const loader = loaderNamed(name, settings);
    if (!loader) continue;
    const section = name === null ? "agents.boot" : `agents.boot.loaders.${name}`;
    for (const [file, key] of [
      ["kernel", "kernelFile"],
      ["ramdisk", "ramdiskFile"],
    ] as const) {
      const path = loader.files[key];
      server.get(`${loader.path}/${file}`, async (request, reply) => {
        const opened = path === undefined ? undefined : await openFile(path);
        if (opened) return sendFile(reply, opened, request.headers.range);
        log.error({ path }, `a node asks for the ${file}: set ${section}.${key} to a file that can be read`);
        throw new RequestRefusal(404, `there is no ${file}`);
      });
    }
  }
}
