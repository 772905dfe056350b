import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFileTree, packTree } from "../build/file-tree.ts";
import { contentsOf, fromCache } from "../build/from-cache.ts";
import type { Kernel } from "../build/kernel.ts";
import { runTool } from "../run-tool.ts";

const scripts = ["init", "initramfs-init", "dhcp.sh"] as const;
const scriptFile = (name: (typeof scripts)[number]) => fileURLToPath(new URL(`root/${name}`, import.meta.url));
const mbr = "/usr/lib/syslinux/mbr/mbr.bin";
const mib = 1024 * 1024;
/** A disk of 64 MiB: 24 to boot from, at 1 MiB; then 39 for the files. */
const [bootStart, bootMiB, rootStart, rootMiB] = [1, 24, 25, 39];

/** What lies on the disk apart from the system. */
export interface OsDiskOptions {
  readonly kernel: Kernel;
  /** Where the boot agent listens, at the address that DHCP is answered from. */
  readonly bootAgentPort: number;
  /** Tells one image from another: the file that `/name` serves. */
  readonly name: string;
}

/**
 * A raw disk (MBR, syslinux on FAT16, ext4) with a system that counts its boots at `/boots`, reports ISUP and serves both
 * files at port 80. Made without root's rights and without mounting anything; from the cache if it was made before.
 */
export async function makeOsDisk({ kernel, bootAgentPort, name }: OsDiskOptions): Promise<string> {
  const drivers = kernel.modules.map((module) => join(kernel.modulesFolder, `${module}.ko`));
  const sources = [...scripts.map(scriptFile), fileURLToPath(import.meta.url), kernel.file, ...drivers];
  const folder = await fromCache(
    "os-disk",
    [...(await contentsOf(sources)), `${bootAgentPort}`, name],
    async (draft) => {
      const at = (file: string) => join(draft, file);
      const initramfs = await createFileTree(at("initramfs"));
      await initramfs.put("init", scriptFile("initramfs-init"));
      await chmod(join(initramfs.folder, "init"), 0o755);
      await mkdir(join(initramfs.folder, "mnt"));
      for (const driver of drivers) await initramfs.put(join("modules", basename(driver)), driver);
      await initramfs.write("modules/order", `${kernel.modules.join("\n")}\n`);
      await packTree(initramfs.folder, at("initramfs.cpio"));

      const root = await createFileTree(at("root"));
      await rm(join(root.folder, "bin/init"));
      await root.put("bin/init", scriptFile("init"));
      await root.put("lib/dhcp.sh", scriptFile("dhcp.sh"));
      for (const script of ["bin/init", "lib/dhcp.sh"]) await chmod(join(root.folder, script), 0o755);
      await root.write("lib/boot-agent-port", `${bootAgentPort}\n`);
      await root.write("served/boots", "0\n");
      await root.write("served/name", `${name}\n`);

      await writeFile(
        at("syslinux.cfg"),
        `default lab\nlabel lab\n kernel vmlinuz\n initrd initrd\n append ${kernelArguments}\n`,
      );
      await runTool("truncate", ["-s", `${bootMiB}M`, at("boot.img")]);
      // -h: the sectors before the partition, which syslinux's loader adds to every address.
      await runTool("mkfs.vfat", ["-F", "16", "-h", `${(bootStart * mib) / 512}`, at("boot.img")]);
      for (const [source, target] of [
        [kernel.file, "vmlinuz"],
        [at("initramfs.cpio"), "initrd"],
        [at("syslinux.cfg"), "syslinux.cfg"],
      ] as const)
        await runTool("mcopy", ["-i", at("boot.img"), source, `::${target}`]);
      await runTool("syslinux", ["--install", at("boot.img")]);
      await runTool("mke2fs", ["-q", "-t", "ext4", "-d", root.folder, at("root.img"), `${rootMiB}M`]);

      await runTool("truncate", ["-s", `${rootStart + rootMiB}M`, at("disk.raw")]);
      const table = `label: dos\n${bootStart}MiB,${bootMiB}MiB,e,*\n${rootStart}MiB,${rootMiB}MiB,83\n`;
      await runTool("sfdisk", ["-q", at("disk.raw")], { stdin: table });
      await place(mbr, at("disk.raw"), 0);
      await place(at("boot.img"), at("disk.raw"), bootStart);
      await place(at("root.img"), at("disk.raw"), rootStart);
      for (const part of ["initramfs", "initramfs.cpio", "root", "syslinux.cfg", "boot.img", "root.img"])
        await rm(at(part), { recursive: true });
    },
  );
  return join(folder, "disk.raw");
}

const kernelArguments = "console=ttyS0 quiet panic=5";

/** Copies a file into another, from this MiB on; zeros are left as holes. */
async function place(source: string, target: string, startMiB: number): Promise<void> {
  await runTool("dd", [
    `if=${source}`,
    `of=${target}`,
    "bs=1M",
    `seek=${startMiB}`,
    "conv=notrunc,sparse",
    "status=none",
  ]);
}
