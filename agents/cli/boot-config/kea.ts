import { type BootNetwork, efiArchitectures, loaderFiles } from "./boot-network.ts";

/** A configuration file for ISC Kea's kea-dhcp4, 2.2 and later. Only nodes of the inventory get an address: there is no pool. */
export function keaConfig({ nodes, url, subnet, tftpServer, ...more }: BootNetwork): string {
  const isEfi = efiArchitectures
    .map((each) => `option[93].hex == 0x${each.toString(16).padStart(4, "0")}`)
    .join(" or ");
  const byTftp = { "next-server": tftpServer };
  const config = {
    Dhcp4: {
      "interfaces-config": { interfaces: [more.interface ?? "*"] },
      "lease-database": { type: "memfile" },
      "valid-lifetime": 3_600,
      "host-reservation-identifiers": ["hw-address"],
      "client-classes": [
        { name: "ipxe", test: "option[175].exists", "boot-file-name": `${url}/boot.ipxe` },
        { name: "efi", test: `not member('ipxe') and (${isEfi})`, ...byTftp, "boot-file-name": loaderFiles.efi },
        {
          name: "bios",
          test: "not member('ipxe') and not member('efi')",
          ...byTftp,
          "boot-file-name": loaderFiles.bios,
        },
      ],
      subnet4: [
        {
          id: 1,
          subnet: `${subnet.address}/${subnet.prefixLength}`,
          reservations: nodes.map(({ node, mac, address }) => ({
            "hw-address": mac,
            "ip-address": address,
            hostname: node,
          })),
        },
      ],
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
