import type { BootNetwork } from "../../../../agents/cli/boot-config/boot-network.ts";

/** Two nodes on one network. */
export const network: BootNetwork = {
  nodes: [
    { node: "pc1", address: "10.0.0.11", mac: "52:54:00:00:00:01" },
    { node: "pc2", address: "10.0.0.12", mac: "52:54:00:00:00:02" },
  ],
  url: "http://10.0.0.1:8080",
  subnet: { address: "10.0.0.0", prefixLength: 24 },
  tftpServer: "10.0.0.1",
};
