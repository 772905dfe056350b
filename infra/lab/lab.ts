import { randomBytes } from "node:crypto";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BmcAddress, type ChassisControl, type IpmiSim, startIpmiSim } from "./bmc/ipmi-sim.ts";
import { Machine } from "./machine/machine.ts";
import type { BootOrder } from "./machine/qemu-arguments.ts";
import { type Bridge, createBridge } from "./network/bridge.ts";
import { startDhcpServer } from "./network/dhcp-server.ts";
import { checkOwnNamespace } from "./network/own-namespace.ts";

/** A machine of the lab: what an inventory says of it, and where its things lie. */
export interface LabNode {
  readonly name: string;
  readonly mac: string;
  readonly address: string;
  readonly bmc: BmcAddress;
  readonly diskFile: string;
  /** What its firmware, boot loader and systems wrote to the serial port. */
  readonly consoleFile: string;
  /** Lets no more than this go to the machine, Mbit/s; undefined: as fast as it goes. */
  readonly limitLink: (mbitPerSecond: number | undefined) => Promise<void>;
  /** Pulls its network cable, or plugs it in, while it is on. */
  readonly setLink: (isUp: boolean) => Promise<void>;
  /** Called when its power has gone on or off. */
  onPower: (isOn: boolean) => void;
  /** Called when the guest resets itself, which waits for it: nothing else writes the disk meanwhile. */
  onGuestReset: () => Promise<void>;
}

export interface LabOptions {
  /** An empty folder for disks, logs and sockets. */
  readonly folder: string;
  /** The machines' network is 10.77.<subnet>.0/24; default 0. */
  readonly subnet?: number;
  /** Each machine with its disk's size in bytes. */
  readonly machines: Readonly<Record<string, number>>;
  /** Where the boot agent will listen, at `bridge.address`. */
  readonly bootAgentPort: number;
}

/** Machines, off at first, that boot from their network; a DHCP server; a BMC for each. */
export interface Lab extends AsyncDisposable {
  readonly bridge: Bridge;
  readonly nodes: readonly LabNode[];
}

const bmcPort = 9_623;

/**
 * Builds a lab in this process's own network namespace. Everything ends with this process, kill -9 included.
 *
 * @throws LabError when it lacks a program, a right or a namespace.
 */
export async function createLab({ folder, subnet = 0, machines, bootAgentPort }: LabOptions): Promise<Lab> {
  checkOwnNamespace();
  const things: AsyncDisposable[] = [];
  const dispose = async (): Promise<void> => {
    for (const thing of things.splice(0).reverse()) await thing[Symbol.asyncDispose]();
  };
  try {
    const bridge = await createBridge(subnet);
    things.push(bridge);
    const nodes: LabNode[] = [];
    for (const [name, diskBytes] of Object.entries(machines)) {
      const host = 11 + nodes.length;
      const { node, sim, machine } = await createNode({
        name,
        diskBytes,
        host,
        subnet,
        bridge,
        folder: join(folder, name),
      });
      nodes.push(node);
      things.push(sim, { [Symbol.asyncDispose]: () => machine.powerOff() });
    }
    const bootUrl = `http://${bridge.address}:${bootAgentPort}/boot.ipxe`;
    things.push(await startDhcpServer(bridge, { folder, bootUrl, hosts: nodes }));
    return { bridge, nodes, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface NodeOptions {
  readonly name: string;
  readonly diskBytes: number;
  readonly host: number;
  readonly subnet: number;
  readonly bridge: Bridge;
  readonly folder: string;
}

async function createNode(
  options: NodeOptions,
): Promise<{ readonly node: LabNode; readonly sim: IpmiSim; readonly machine: Machine }> {
  const { name, diskBytes, host, subnet, bridge, folder } = options;
  await mkdir(folder, { recursive: true });
  const files = { diskFile: join(folder, "disk.raw"), consoleFile: join(folder, "console.log") };
  await writeFile(files.diskFile, "");
  await truncate(files.diskFile, diskBytes);
  const mac = ["52:54:00", ...[77, subnet, host].map((part) => part.toString(16).padStart(2, "0"))].join(":");
  const parts = { mac, tap: await bridge.addTap(), ...files, qmpSocket: join(folder, "qmp") };
  const password = randomBytes(8).toString("hex");
  const bmc = { address: `127.77.${subnet}.${host}`, port: bmcPort, username: "operator", password };

  const machine: Machine = new Machine(parts, {
    onPower: (isOn) => {
      sim.tellPower(isOn);
      node.onPower(isOn);
    },
    onGuestReset: () => node.onGuestReset(),
  });
  const sim: IpmiSim = await startIpmiSim(
    join(folder, "bmc"),
    bmc,
    chassisOf(machine, () => sim),
  );
  const address = bridge.addressOf(host);
  const limitLink: LabNode["limitLink"] = (mbitPerSecond) => bridge.limit(parts.tap, mbitPerSecond);
  const setLink: LabNode["setLink"] = (isUp) => machine.setLink(isUp);
  const node: LabNode = {
    ...{ name, mac, address, bmc, ...files, limitLink, setLink },
    onPower: () => undefined,
    onGuestReset: () => Promise.resolve(),
  };
  return { node, sim, machine };
}

/** Carries out what the BMC is told. A boot device holds for one start, as IPMI has it; otherwise the network comes first. */
function chassisOf(machine: Machine, simOf: () => IpmiSim): (control: ChassisControl) => void {
  let order: BootOrder = "network-first";
  const takeOrder = (): BootOrder => {
    const taken = order;
    order = "network-first";
    simOf().tellBootDevice("none");
    return taken;
  };
  const carryOut = async (control: ChassisControl): Promise<void> => {
    switch (control.kind) {
      case "power":
        return control.isOn ? machine.powerOn(takeOrder()) : machine.powerOff();
      case "reset":
        return machine.reset(takeOrder());
      case "shutdown":
        return machine.powerOff();
      case "boot":
        order = control.device === "default" ? "disk-first" : "network-first";
        simOf().tellBootDevice(control.device);
    }
  };
  // Whoever asked is told by reading the power back; whoever looks after the lab, here.
  return (control) => void carryOut(control).catch((error: unknown) => process.emitWarning(String(error)));
}
