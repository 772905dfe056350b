import { type BmcFaults, type ChassisAction, type SerialPort, startBmc } from "../../ipmi-js/index.ts";
import type { FaultName } from "../faults.ts";
import type { ChassisControl } from "../machine/journal.ts";
import type { Machine } from "../machine/machine.ts";
import type { SeededRandom } from "../seeded-random.ts";

export interface MachineBmcOptions {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  readonly faults: ReadonlySet<FaultName>;
  readonly serialPort: SerialPort;
  /** Decides which packets are lost, nothing else. */
  readonly random: SeededRandom;
}

/** A machine's BMC, listening. */
export interface MachineBmc {
  /** UDP, free when it was chosen. */
  readonly port: number;
  close(): Promise<void>;
}

const SLOW_REPLY_MS = 2_000;
const BUSY_MS = 3_000;
const LOSS_RATE = 0.1;

const controls: Readonly<Record<ChassisAction, ChassisControl>> = {
  "power-on": "on",
  "power-off": "off",
  "power-cycle": "cycle",
  "hard-reset": "reset",
  "diagnostic-interrupt": "diag",
  "soft-shutdown": "soft",
};

/** Gives `machine` a BMC on a free UDP port of its address. */
export async function startMachineBmc(machine: Machine, options: MachineBmcOptions): Promise<MachineBmc> {
  return startBmc({
    address: options.address,
    port: 0,
    users: [{ username: options.username, password: options.password }],
    chassis: {
      powerState: () => (machine.isOn ? "on" : "off"),
      control: (action) => (machine.control(controls[action]) === "refused" ? "refuse" : undefined),
    },
    serialPort: options.serialPort,
    faults: bmcFaultsOf(options.faults, options.random),
  });
}

function bmcFaultsOf(faults: ReadonlySet<FaultName>, random: SeededRandom): BmcFaults {
  return {
    dead: faults.has("bmc-dead"),
    replyDelayMs: faults.has("bmc-slow") ? SLOW_REPLY_MS : 0,
    busyForMs: faults.has("bmc-busy") ? BUSY_MS : 0,
    lossRate: faults.has("bmc-lossy") ? LOSS_RATE : 0,
    random: () => random.fraction(),
  };
}
