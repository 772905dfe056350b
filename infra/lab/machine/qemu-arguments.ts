/** A machine of the lab, as it is built. */
export interface MachineParts {
  readonly mac: string;
  readonly tap: string;
  /** Raw; its size is the disk's. */
  readonly diskFile: string;
  readonly consoleFile: string;
  readonly qmpSocket: string;
}

/** What the firmware tries first. */
export type BootOrder = "network-first" | "disk-first";

/** The order, as QEMU has it of each device. */
export function bootIndexes(order: BootOrder): { readonly network: number; readonly disk: number } {
  return order === "network-first" ? { network: 1, disk: 2 } : { network: 2, disk: 1 };
}

/**
 * A PC with a virtio disk and a virtio interface that boots by iPXE, emulated: KVM is never used because it seems to be
 * there, since a nested one may take minutes to boot what TCG boots in seconds.
 */
export function qemuArguments(parts: MachineParts, order: BootOrder): readonly string[] {
  const { mac, tap, diskFile, consoleFile, qmpSocket } = parts;
  const { network, disk } = bootIndexes(order);
  return [
    // graphics=off has the firmware and iPXE write to the serial port.
    ...["-accel", "tcg,tb-size=64", "-M", "pc,graphics=off,usb=off", "-cpu", "qemu64", "-m", "256", "-smp", "1"],
    ...["-display", "none", "-nodefaults"],
    ...["-chardev", `file,id=console,path=${consoleFile},append=on`, "-serial", "chardev:console"],
    ...["-qmp", `unix:${qmpSocket},server=on,wait=off`],
    ...["-netdev", `tap,id=network,ifname=${tap},script=no,downscript=no`],
    ...["-device", `virtio-net-pci,netdev=network,mac=${mac},id=net0,bootindex=${network}`],
    ...["-drive", `file=${diskFile},if=none,id=drive,format=raw,cache=unsafe`],
    ...["-device", `virtio-blk-pci,drive=drive,id=disk0,bootindex=${disk}`],
    // A guest that reboots is held: what lies on its disk can be looked at before anything runs again.
    ...["-action", "reboot=shutdown,shutdown=pause"],
  ];
}
