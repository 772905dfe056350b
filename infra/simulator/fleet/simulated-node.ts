import { join } from "node:path";
import type { ParsedKey } from "ssh2";
import type { ChunkCache } from "../../images/index.ts";
import { createSerialPort } from "../../ipmi-js/index.ts";
import { startMachineBmc } from "../bmc/machine-bmc.ts";
import type { BootMs } from "../machine/boot-plan.ts";
import { type Journal, createJournal } from "../machine/journal.ts";
import { Machine } from "../machine/machine.ts";
import { createStateReporter } from "../machine/state-reporter.ts";
import { createDisk } from "../netboot/disk.ts";
import { createFirmware } from "../netboot/firmware.ts";
import { createRamdisk } from "../netboot/ramdisk.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { type CommandResult, runCommandLine } from "../ssh/command-line.ts";
import { createSshPort } from "../ssh/ssh-port.ts";
import { createSshService } from "../ssh/ssh-service.ts";
import { identityOf } from "./node-identity.ts";
import type { NodePlan } from "./node-plan.ts";

/** Where a simulated node is reached, and with what: a row of the inventory. */
export interface SimulatedNode {
  readonly name: string;
  /** 127.x.y.z, of this node alone: the BMC's, the ssh server's, and the one it reports from. */
  readonly address: string;
  /** Of the interface that it boots from. */
  readonly mac: string;
  readonly bmcPort: number;
  readonly bmcUsername: string;
  /** With the fault `bmc-wrong-password`, not the one that the BMC accepts. */
  readonly bmcPassword: string;
  readonly sshPort: number;
  /** `ssh-ed25519 AAAA…` */
  readonly sshHostKey: string;
  /** The TCP port that accepts connections while the machine is up, and refuses them otherwise; the ssh server's. */
  readonly probePort: number;
  /** What images are written to, once one is; only in a fleet that has a folder for disks. */
  readonly diskFile?: string;
}

/** A node and all that is behind it. */
export interface NodeInstance {
  readonly node: SimulatedNode;
  readonly machine: Machine;
  readonly journal: Journal;
  readonly isOffAtStart: boolean;
  close(): Promise<void>;
}

export interface NodeSetting {
  readonly seed: number;
  readonly bootMs: BootMs;
  readonly authorizedKey: ParsedKey;
  readonly diskDir: string | undefined;
  readonly imageKey: string | undefined;
  readonly cache: ChunkCache;
  /** The boot agent's base URL, once there is one. */
  readonly bootUrl: () => string | undefined;
}

/** How large a simulated disk is, and one that is too small, bytes. */
const diskBytes = 64 * 1024 ** 3;
const shortDiskBytes = 1024 ** 2;

/** Builds the machine, chooses its ports, and lets its BMC listen. */
export async function createNode(plan: NodePlan, setting: NodeSetting): Promise<NodeInstance> {
  const { name, address, mac } = plan;
  const faults = new Set(plan.faults);
  const streamOf = (purpose: string) => createSeededRandom(`${setting.seed}/${name}/${purpose}`);
  const { hostKey, bmcUsername, bmcPassword, acceptedPassword } = identityOf(plan, setting.seed);
  const journal = createJournal();
  const serial = createSerialPort();

  const port = await createSshPort(address, (socket) => {
    // A hung machine's kernel still accepts, but nobody answers. What arrives is drained, to see the client leave.
    if (faults.has("ssh-hangs")) socket.resume();
    else ssh.serve(socket);
  });
  const reporter = createStateReporter({ address, journal, random: streamOf("report"), bootUrl: setting.bootUrl });
  const diskFile = setting.diskDir === undefined ? undefined : join(setting.diskDir, `${name}.disk`);
  const disk = createDisk(diskFile, faults.has("short-disk") ? shortDiskBytes : diskBytes);
  const { bootUrl, cache, imageKey } = setting;
  const losePower = (): void => machine.losePower();
  const machine: Machine = new Machine({
    ...{ faults, journal, reporter, port, disk, serial, bootMs: setting.bootMs, random: streamOf("boot") },
    firmware: createFirmware({ address, mac, faults, journal, bootUrl }),
    ramdisk: createRamdisk({ address, disk, faults, journal, reporter, serial, cache, imageKey, losePower }),
  });
  const ssh = createSshService({
    hostKey,
    authorizedKey: setting.authorizedKey,
    run: (commandLine) => runOn(machine, { commandLine, journal }),
  });
  const bmc = await startMachineBmc(machine, {
    address,
    username: bmcUsername,
    password: acceptedPassword,
    faults,
    serialPort: serial,
    random: streamOf("bmc"),
  });

  return {
    node: {
      name,
      address,
      mac,
      bmcPort: bmc.port,
      bmcUsername,
      bmcPassword,
      sshPort: port.port,
      sshHostKey: hostKey.publicLine,
      probePort: port.port,
      ...(diskFile === undefined ? {} : { diskFile }),
    },
    machine,
    journal,
    isOffAtStart: faults.has("powered-off"),
    async close() {
      machine.remove();
      await bmc.close();
    },
  };
}

async function runOn(
  machine: Machine,
  { commandLine, journal }: { readonly commandLine: string; readonly journal: Journal },
): Promise<CommandResult> {
  const result = await runCommandLine(commandLine, {
    bootId: machine.run.bootId ?? "",
    reboot: () => machine.reboot(),
    reconfigure: () => machine.run.reconfigure(),
  });
  journal.add({ kind: "ssh", command: commandLine, exitCode: result.exitCode });
  return result;
}
