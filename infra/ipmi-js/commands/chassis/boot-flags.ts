// Boot flags, parameter 5 of the System Boot Options, IPMI 2.0 table 28-14:
//
//   0  bit 7: flags are valid; bit 6: persistent; bit 5: EFI
//   1  bits 2–5: boot device
//   2  console redirection, verbosity, locks: left at the BIOS's own setting
//   3  BIOS overrides
//   4  device instance

/** What a machine boots next: `none` leaves it to the BIOS's own order. */
export type BootDevice = "none" | "pxe" | "disk" | "disk-safe-mode" | "diagnostics" | "cdrom" | "bios" | "floppy";

export interface BootFlags {
  readonly device: BootDevice;
  /** True: for every boot from now on. False: for the next one alone. */
  readonly isPersistent: boolean;
  /** True: boot it the EFI way; false: the legacy way. */
  readonly isEfi: boolean;
}

export interface BootOptions extends BootFlags {
  /** False: the BMC holds no valid flags, and the machine boots in its BIOS's own order. */
  readonly isValid: boolean;
}

const NUMBER: Readonly<Record<BootDevice, number>> = {
  none: 0,
  pxe: 1,
  disk: 2,
  "disk-safe-mode": 3,
  diagnostics: 4,
  cdrom: 5,
  bios: 6,
  floppy: 15,
};

const VALID = 0x80;
const PERSISTENT = 0x40;
const EFI = 0x20;
export function encodeBootFlags(options: BootOptions): Uint8Array {
  const validity = (options.isValid ? VALID : 0) | (options.isPersistent ? PERSISTENT : 0) | (options.isEfi ? EFI : 0);
  return Uint8Array.of(validity, NUMBER[options.device] << 2, 0, 0, 0);
}

/** `undefined` for a device that IPMI 2.0 does not name (remote media, reserved numbers). */
export function decodeBootFlags(data: Uint8Array): BootOptions | undefined {
  if (data.length < 2) return undefined;
  const validity = data[0] ?? 0;
  const number = ((data[1] ?? 0) >> 2) & 0x0f;
  const device = (Object.keys(NUMBER) as BootDevice[]).find((name) => NUMBER[name] === number);
  if (device === undefined) return undefined;
  return {
    device,
    isValid: (validity & VALID) !== 0,
    isPersistent: (validity & PERSISTENT) !== 0,
    isEfi: (validity & EFI) !== 0,
  };
}
