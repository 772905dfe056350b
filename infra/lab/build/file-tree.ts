import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runTool } from "../run-tool.ts";

/** A root file system in the making, with busybox for its commands. */
export interface FileTree {
  readonly folder: string;
  put(path: string, source: string): Promise<void>;
  write(path: string, text: string): Promise<void>;
}

const busybox = "/bin/busybox";

/** The programs of this machine that busybox, statically linked, stands for. */
export async function createFileTree(folder: string): Promise<FileTree> {
  const inside = async (path: string): Promise<string> => {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    return target;
  };
  const tree: FileTree = {
    folder,
    put: async (path, source) => copyFile(source, await inside(path)),
    write: async (path, text) => writeFile(await inside(path), text),
  };
  for (const directory of ["dev", "etc", "proc", "sys", "run", "tmp"])
    await mkdir(join(folder, directory), { recursive: true });
  await tree.put("bin/busybox", busybox);
  const applets = (await runTool(busybox, ["--list"])).trim().split("\n");
  for (const applet of applets) if (applet !== "busybox") await symlink("busybox", join(folder, "bin", applet));
  return tree;
}

/** A program of this machine and the libraries that it is linked with, where they have to lie. */
export async function programFiles(program: string): Promise<readonly string[]> {
  const listed = await runTool("ldd", [program]);
  const libraries = [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  return [program, ...libraries];
}

/** Packs a tree for the kernel to unpack: a cpio archive of the "newc" kind, everything root's. */
export async function packTree(folder: string, archive: string): Promise<void> {
  const files = await runTool("env", ["-C", folder, "find", ".", "-mindepth", "1"]);
  await runTool("env", ["-C", folder, "cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0", "-F", archive], {
    stdin: files,
  });
}
