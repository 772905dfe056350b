import { chmod, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFileTree, packTree, programFiles } from "../build/file-tree.ts";
import { contentsOf, fromCache } from "../build/from-cache.ts";
import type { Kernel } from "../build/kernel.ts";
import { runTool } from "../run-tool.ts";

const scriptsFolder = fileURLToPath(new URL("root/", import.meta.url));
const compilerFlags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread"];
/** Our own programs, each a folder of C beside this file, and the libraries that it is linked with. */
const ownPrograms = { "chunk-writer": ["-lzstd", "-lcrypto"], "boot-call": [] } as const;
/** What the ramdisk has beside those and busybox. */
const systemPrograms = ["/usr/bin/udp-receiver"];

/** Compiles a program for this machine, whose libraries the ramdisk gets; from the cache if it was done before. */
export async function buildProgram(name: keyof typeof ownPrograms): Promise<string> {
  const sources = await filesOf(fileURLToPath(new URL(`${name}/`, import.meta.url)));
  const flags = [...compilerFlags, ...ownPrograms[name]];
  const folder = await fromCache(name, [...(await contentsOf(sources)), ...flags], async (draft) => {
    const files = sources.filter((file) => file.endsWith(".c"));
    await runTool("gcc", [...compilerFlags, "-o", join(draft, name), ...files, ...ownPrograms[name]]);
  });
  return join(folder, name);
}

/**
 * Writes the deploy ramdisk for this kernel to a file: busybox and udp-receiver as this machine has them,
 * chunk-writer and boot-call, and `root/`. Images are accepted that are signed with the private half of `imagePublicKey` (PEM).
 */
export async function buildRamdisk(
  file: string,
  { kernel, imagePublicKey }: { readonly kernel: Kernel; readonly imagePublicKey: string },
): Promise<void> {
  const own = await Promise.all([buildProgram("chunk-writer"), buildProgram("boot-call")]);
  const programs = [...systemPrograms, ...own];
  const scripts = await filesOf(scriptsFolder);
  const drivers = kernel.modules.map((module) => join(kernel.modulesFolder, `${module}.ko`));
  const lists = await Promise.all(programs.map(programFiles));
  const linked = [...new Set(lists.flat())];

  const inputs = await contentsOf(["/bin/busybox", ...linked, ...scripts, ...drivers]);
  const folder = await fromCache("ramdisk", inputs, async (draft) => {
    const tree = await createFileTree(join(draft, "tree"));
    for (const path of linked) await tree.put(programs.includes(path) ? join("bin", basename(path)) : path, path);
    for (const script of scripts) {
      const name = basename(script);
      await tree.put(name === "init" ? "init" : join("lib/reveille", name), script);
    }
    for (const script of ["init", "lib/reveille/dhcp.sh"]) await chmod(join(tree.folder, script), 0o755);
    for (const driver of drivers) await tree.put(join("modules", basename(driver)), driver);
    await tree.write("modules/order", `${kernel.modules.join("\n")}\n`);
    await packTree(tree.folder, join(draft, "tree.cpio"));
    await runTool("zstd", ["-q", "-6", "--rm", join(draft, "tree.cpio"), "-o", join(draft, "tree.cpio.zst")]);
    await rm(tree.folder, { recursive: true });
  });
  await writeFile(file, await packKey(imagePublicKey, `${file}.key`));
  await writeFile(file, await readFile(join(folder, "tree.cpio.zst")), { flag: "a" });
}

/** The key, as an archive before the other: the kernel unpacks one after the other. */
async function packKey(imagePublicKey: string, draft: string): Promise<Buffer> {
  const tree = join(draft, "tree");
  await runTool("mkdir", ["-p", join(tree, "lib/reveille")]);
  await writeFile(join(tree, "lib/reveille/image-key.pem"), imagePublicKey);
  await packTree(tree, join(draft, "key.cpio"));
  const archive = await readFile(join(draft, "key.cpio"));
  await rm(draft, { recursive: true });
  return archive;
}

async function filesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}
