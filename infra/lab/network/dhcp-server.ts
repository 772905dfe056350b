import { openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawnGuarded } from "../../embedded/index.ts";
import type { Bridge } from "./bridge.ts";

/** Who gets which address. */
export interface DhcpHost {
  readonly name: string;
  readonly mac: string;
  readonly address: string;
}

export interface DhcpOptions {
  readonly folder: string;
  /** What iPXE is sent to: an HTTP address. */
  readonly bootUrl: string;
  readonly hosts: readonly DhcpHost[];
}

/** dnsmasq on a bridge, for its hosts alone; it ends with us. */
export async function startDhcpServer(bridge: Bridge, options: DhcpOptions): Promise<AsyncDisposable> {
  const file = join(options.folder, "dnsmasq.conf");
  await writeFile(file, dnsmasqConfiguration(bridge, options));
  const server = await spawnGuarded({
    command: "dnsmasq",
    args: ["--keep-in-foreground", `--conf-file=${file}`, "--log-facility=-"],
    credentials: {},
    output: openSync(join(options.folder, "dnsmasq.log"), "a"),
    orphanSignal: "KILL",
  });
  return {
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGTERM");
      await server.exited;
    },
  };
}

function dnsmasqConfiguration(bridge: Bridge, { folder, bootUrl, hosts }: DhcpOptions): string {
  return [
    "port=0",
    `interface=${bridge.name}`,
    "bind-interfaces",
    "user=root",
    "pid-file",
    `dhcp-leasefile=${join(folder, "dnsmasq.leases")}`,
    `dhcp-range=${bridge.addressOf(0)},static,255.255.255.0`,
    "dhcp-authoritative",
    // A machine's boot waits for nothing: no probe of the address, a router for IPv6 (iPXE waits 10 s for one), and no
    // other DHCP server that knows what to boot (option 176 of iPXE's own).
    "no-ping",
    "enable-ra",
    `ra-param=${bridge.name},10,600`,
    `dhcp-range=${bridge.network6},ra-only`,
    "dhcp-option=encap:175,176,1b",
    `dhcp-boot=${bootUrl}`,
    ...hosts.map(({ name, mac, address }) => `dhcp-host=${mac},${address},${name}`),
    "",
  ].join("\n");
}
