import type { NetbootNode } from "../../../infra/db/index.ts";

/** What a DHCP server is to be told: it and its TFTP are the site's own, the scripts are the boot agent's. */
export interface BootNetwork {
  readonly nodes: readonly NetbootNode[];
  /** The boot agent, `http://10.0.0.1:8080`. */
  readonly url: string;
  /** The nodes' control network. */
  readonly subnet: Subnet;
  readonly interface?: string;
  /** Where iPXE itself is served from by TFTP; by default where the boot agent is. */
  readonly tftpServer: string;
}

export interface Subnet {
  readonly address: string;
  readonly prefixLength: number;
}

/** Reads `10.0.0.0/24`; undefined for what is no IPv4 network of 8 to 30 bits. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = "", bits = ""] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text) ?? [];
  const prefixLength = Number(bits);
  if (prefixLength < 8 || prefixLength > 30 || address.split(".").some((octet) => Number(octet) > 255))
    return undefined;
  return { address, prefixLength };
}

/** `255.255.255.0`. */
export function netmaskOf({ prefixLength }: Subnet): string {
  const mask = (2 ** 32 - 2 ** (32 - prefixLength)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 0xff).join(".");
}

/** The iPXE binaries as Debian's package `ipxe` calls them, for firmware that is none itself. */
export const loaderFiles = { bios: "undionly.kpxe", efi: "ipxe.efi" } as const;
/** DHCP option 93 (RFC 4578 §2.1) of x86-64 firmware that is UEFI. */
export const efiArchitectures = [7, 9] as const;
