import { Argument, type Command, InvalidArgumentError } from "commander";
import { type Subnet, parseSubnet } from "../boot-config/boot-network.ts";
import type { Surroundings } from "../surroundings.ts";

interface BootConfigFlags {
  readonly config: string;
  readonly subnet: Subnet;
  readonly interface?: string;
  readonly url?: string;
  readonly tftpServer?: string;
}

/** `reveille boot-config`: what a site's DHCP server is told, from the inventory as the boot agent sees it. */
export function declare(command: Command, surroundings: Surroundings): void {
  command
    .addArgument(new Argument("<server>", "for which DHCP server").choices(["dnsmasq", "kea"]))
    .requiredOption("--subnet <net>", "the nodes' control network, 10.0.0.0/24", (text: string) => {
      const subnet = parseSubnet(text);
      if (!subnet) throw new InvalidArgumentError("a network such as 10.0.0.0/24 is needed");
      return subnet;
    })
    .option("--interface <name>", "serve on this interface alone")
    .option("--url <url>", "where nodes reach the boot agent (default: what its config says)")
    .option("--tftp-server <address>", "where iPXE is served by TFTP (default: the boot agent's host)")
    .option("--config <file>", "the boot agent's config, whose database it reads", "/etc/reveille/agents.json")
    .addHelpText(
      "after",
      `
Runs where the boot agent's config and secrets may be read, and prints to stdout. docs/boot-server.md says what else a
site's boot server needs.

Examples:
  reveille boot-config dnsmasq --subnet 10.0.0.0/24 --interface eth1 > /etc/dnsmasq.d/reveille.conf
  reveille boot-config kea --subnet 10.0.0.0/24 > /etc/kea/kea-dhcp4.conf`,
    )
    .action(async (server: "dnsmasq" | "kea", flags: BootConfigFlags) => {
      const { dnsmasqConfig } = await import("../boot-config/dnsmasq.ts");
      const { keaConfig } = await import("../boot-config/kea.ts");
      const { readBootNetwork } = await import("../boot-config/read-boot-network.ts");
      const network = await readBootNetwork(flags);
      await surroundings.stdout.write(server === "dnsmasq" ? dnsmasqConfig(network) : keaConfig(network));
      surroundings.setExitStatus(0);
    });
}
