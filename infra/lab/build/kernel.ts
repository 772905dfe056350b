import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { runTool } from "../run-tool.ts";
import { fromCache } from "./from-cache.ts";

/** A kernel for virtual machines, and the drivers that a machine of the lab needs, which it does not have built in. */
export interface Kernel {
  readonly file: string;
  readonly modulesFolder: string;
  /** In the order in which they have to be loaded: each after those that it uses. */
  readonly modules: readonly string[];
}

/** Debian's kernel for clouds: its LZ4 unpacks in a tenth of the time that the usual kernel's XZ takes in emulation. */
const metaPackage = "linux-image-cloud-amd64";
const modules = [
  "virtio_ring",
  "virtio",
  "virtio_pci_legacy_dev",
  "virtio_pci_modern_dev",
  "virtio_pci",
  "virtio_blk",
  "failover",
  "net_failover",
  "virtio_net",
] as const;

/**
 * The kernel, from the cache or from Debian's mirror; it is unpacked, not installed.
 *
 * @throws LabError when it is neither in the cache nor within reach.
 */
export async function fetchKernel(): Promise<Kernel> {
  const name = /Depends: (linux-image-\S+)/.exec(await runTool("apt-cache", ["depends", metaPackage]))?.[1];
  if (name === undefined) throw new LabError(`apt knows no ${metaPackage}: run apt-get update`);
  const version = /^Version: (.+)$/m.exec(await runTool("apt-cache", ["show", name]))?.[1] ?? "";
  const folder = await fromCache("kernel", [name, version, ...modules], async (draft) => {
    await runTool("env", ["-C", draft, "apt-get", "download", "-qq", `${name}=${version}`]);
    const [archive = ""] = await readdir(draft);
    await runTool("dpkg", ["-x", join(draft, archive), join(draft, "package")]);
    const [release = ""] = await readdir(join(draft, "package/lib/modules"));
    await copyFile(join(draft, `package/boot/vmlinuz-${release}`), join(draft, "vmlinuz"));
    await mkdir(join(draft, "modules"));
    const tree = join(draft, "package/lib/modules", release);
    const wanted = new Set<string>(modules.map((module) => `${module}.ko`));
    for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
      if (wanted.delete(entry.name))
        await copyFile(join(entry.parentPath, entry.name), join(draft, "modules", entry.name));
    }
    if (wanted.size > 0) throw new LabError(`${name} lacks ${[...wanted].join(", ")}`);
    await rm(join(draft, "package"), { recursive: true });
    await rm(join(draft, archive));
  });
  return { file: join(folder, "vmlinuz"), modulesFolder: join(folder, "modules"), modules };
}
