import { type BootNetwork, efiArchitectures, loaderFiles, netmaskOf } from "./boot-network.ts";

/** A configuration file for dnsmasq 2.80 and later: DHCP and TFTP, no DNS. Only nodes of the inventory get an address. */
export function dnsmasqConfig({ nodes, url, subnet, tftpServer, ...more }: BootNetwork): string {
  return [
    "# Made by reveille boot-config: make it anew when nodes come and go, then reload dnsmasq.",
    "port=0",
    ...(more.interface === undefined ? [] : [`interface=${more.interface}`, "bind-interfaces"]),
    "dhcp-authoritative",
    "no-ping",
    `dhcp-range=${subnet.address},static,${netmaskOf(subnet)},1h`,
    "dhcp-ignore=tag:!known",
    "",
    "# A firmware gets iPXE by TFTP, and iPXE its script from the boot agent.",
    "dhcp-match=set:ipxe,175",
    ...efiArchitectures.map((architecture) => `dhcp-match=set:efi,option:client-arch,${architecture}`),
    `dhcp-boot=tag:ipxe,${url}/boot.ipxe`,
    `dhcp-boot=tag:!ipxe,tag:efi,${loaderFiles.efi},,${tftpServer}`,
    `dhcp-boot=tag:!ipxe,tag:!efi,${loaderFiles.bios},,${tftpServer}`,
    "# iPXE does not wait for a proxy DHCP server.",
    "dhcp-option=tag:ipxe,encap:175,176,1b",
    "",
    ...nodes.map(({ node, mac, address }) => `dhcp-host=${mac},${address},${node}`),
    "",
  ].join("\n");
}
