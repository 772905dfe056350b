// Installs what the lab is made of.
import { installMissing } from "../../infra/bootstrap/install-missing.mjs";

/** Each program or file, and the package of Debian that brings it. */
const PACKAGE_OF = {
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
  "/bin/busybox": "busybox-static",
  "/usr/lib/ipxe/qemu/pxe-virtio.rom": "ipxe-qemu",
  "/usr/lib/syslinux/mbr/mbr.bin": "syslinux-common",
  "/usr/include/stdio.h": "libc6-dev",
  "/usr/include/zstd.h": "libzstd-dev",
  "/usr/include/openssl/evp.h": "libssl-dev",
};

await installMissing(PACKAGE_OF, { openipmi: "openipmi" });
