// Installs what the lab is made of, where it is missing and apt-get may be run without asking anybody; else says which
// line does it, and fails.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { installByApt } from "../../infra/bootstrap/apt.mjs";
import { lockSetup } from "../../infra/bootstrap/lock.mjs";
import { findProgram } from "../../infra/bootstrap/programs.mjs";
import { SetupError, say } from "../../infra/bootstrap/say.mjs";

/** Each program, and the package of Debian that brings it. */
const PACKAGE_OF_PROGRAM = {
  "qemu-system-x86_64": "qemu-system-x86",
  ipmi_sim: "openipmi",
  dnsmasq: "dnsmasq-base",
  "udp-sender": "udpcast",
  ip: "iproute2",
  cpio: "cpio",
  zstd: "zstd",
  syslinux: "syslinux",
  mcopy: "mtools",
  "mkfs.vfat": "dosfstools",
  mke2fs: "e2fsprogs",
  gcc: "gcc",
};
const PACKAGE_OF_FILE = {
  "/bin/busybox": "busybox-static",
  "/usr/lib/ipxe/qemu/pxe-virtio.rom": "ipxe-qemu",
  "/usr/lib/syslinux/mbr/mbr.bin": "syslinux-common",
  "/usr/include/stdio.h": "libc6-dev",
  "/usr/include/zstd.h": "libzstd-dev",
  "/usr/include/openssl/evp.h": "libssl-dev",
};
/** What some of the packages have Debian start, now or at the next boot. */
const SERVICE_OF = { openipmi: "openipmi" };

try {
  await installMissing();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function installMissing() {
  if (findMissing().length === 0) return;
  const unlock = await lockSetup(fileURLToPath(new URL("../..", import.meta.url)));
  try {
    const missing = findMissing();
    if (missing.length > 0) installByApt("parts of the lab", [...new Set(missing)], SERVICE_OF);
  } finally {
    unlock();
  }
  const left = findMissing();
  if (left.length > 0) throw new SetupError(`${left.join(", ")} still missing: install by hand, then try again`);
}

/** The packages of what is not there. */
function findMissing() {
  return [
    ...Object.entries(PACKAGE_OF_PROGRAM).filter(([program]) => findProgram(program) === undefined),
    ...Object.entries(PACKAGE_OF_FILE).filter(([file]) => !existsSync(file)),
  ].map(([, name]) => name);
}
