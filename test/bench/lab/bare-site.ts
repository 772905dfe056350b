import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { type IncomingMessage, createServer } from "node:http";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createFileTree, packTree, programFiles } from "../../../infra/lab/build/file-tree.ts";
import { type Kernel, type Lab, runTool } from "../../../infra/lab/index.ts";
import { sha256Of } from "../../lab/support/small-image.ts";

const fileHere = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** What the ramdisk has beside busybox, whose own tee writes byte by byte. */
const programs = ["/usr/bin/zstd", "/usr/bin/tee"];
const dhcpScript = fileHere("../../../infra/lab/ramdisk/root/dhcp.sh");

export interface BareSite extends AsyncDisposable {
  /** Loads all machines of the lab by the script; rejects with what it said when that fails. */
  load(): Promise<void>;
}

export interface BareSiteOptions {
  readonly lab: Lab;
  /** An empty one. */
  readonly folder: string;
  readonly kernel: Kernel;
  readonly raw: Buffer;
  /** Where the lab's machines are sent to, and the image's system reports. */
  readonly port: number;
}

/**
 * What a shell script needs to load a lab's machines: an HTTP server of files that passes on what is posted, and on it the
 * kernel, a ramdisk with busybox and zstd, and the image, compressed by plain zstd.
 */
export async function startBareSite({ lab, folder, kernel, raw, port }: BareSiteOptions): Promise<BareSite> {
  const www = join(folder, "www");
  await mkdir(www, { recursive: true });
  await copyFile(kernel.file, join(www, "kernel"));
  await buildBareRamdisk(join(www, "ramdisk"), folder, kernel);
  await writeFile(join(folder, "base.raw"), raw);
  await runTool("zstd", ["-q", "-3", join(folder, "base.raw"), "-o", join(www, "base.raw.zst")]);
  const machines = lab.nodes.map(({ mac, address, bmc }) =>
    [bmc.address, bmc.port, bmc.username, bmc.password, mac, address].join(" "),
  );
  await writeFile(join(folder, "machines"), `${machines.join("\n")}\n`, { mode: 0o600 });

  let script: ChildProcess | undefined;
  const passOn = async (request: IncomingMessage): Promise<void> => {
    const said = await text(request);
    script?.stdin?.write(`${request.socket.remoteAddress ?? ""} ${said}\n`);
  };
  const server = createServer((request, response) => {
    if (request.method === "POST") void passOn(request).then(() => response.writeHead(204).end());
    else
      void pipeline(createReadStream(join(www, basename(request.url ?? ""))), response).catch(() => response.destroy());
  });
  server.listen(port, lab.bridge.address);
  await once(server, "listening");
  return {
    async load() {
      const words = [fileHere("bare-load.sh"), folder, `http://${lab.bridge.address}:${port}`, sha256Of(raw)];
      script = spawn("sh", words, { stdio: ["pipe", "ignore", "inherit"] });
      script.stdin?.on("error", () => undefined);
      await once(script, "exit");
      if (script.exitCode !== 0) throw new Error(`the bare script ended with ${String(script.exitCode)}`);
    },
    async [Symbol.asyncDispose]() {
      script?.kill();
      server.close();
      await once(server, "close");
    },
  };
}

async function buildBareRamdisk(file: string, folder: string, kernel: Kernel): Promise<void> {
  const tree = await createFileTree(join(folder, "ramdisk"));
  for (const program of programs) for (const path of await programFiles(program)) await tree.put(path, path);
  for (const module of kernel.modules)
    await tree.put(`modules/${module}.ko`, join(kernel.modulesFolder, `${module}.ko`));
  await tree.write("modules/order", `${kernel.modules.join("\n")}\n`);
  await tree.put("init", fileHere("bare-init.sh"));
  await tree.put("lib/dhcp.sh", dhcpScript);
  for (const script of ["init", "lib/dhcp.sh"]) await chmod(join(tree.folder, script), 0o755);
  const archive = join(folder, "ramdisk.cpio");
  await packTree(tree.folder, archive);
  await runTool("zstd", ["-q", "-6", archive, "-o", file]);
}
