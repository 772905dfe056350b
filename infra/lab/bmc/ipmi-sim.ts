import { constants, openSync, renameSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { spawnGuarded } from "../../embedded/index.ts";
import { LabError } from "../errors.ts";
import { runTool } from "../run-tool.ts";

/** Where a BMC listens, and who may ask it. Its one cipher suite is 3: ipmi_sim has no SHA-256. */
export interface BmcAddress {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** What ipmi_sim has a machine do, in its own words. Asked for the disk, it says `default`. */
export type ChassisControl =
  | { readonly kind: "power"; readonly isOn: boolean }
  | { readonly kind: "reset" | "shutdown" }
  | { readonly kind: "boot"; readonly device: string };

export interface IpmiSim extends AsyncDisposable {
  /** What is answered to who asks for the power, from now on. */
  tellPower(isOn: boolean): void;
  tellBootDevice(device: string): void;
}

const script = fileURLToPath(new URL("chassis-control.sh", import.meta.url));
const authentication = "none md2 md5 straight";

/** OpenIPMI's simulated BMC of one machine, whose files lie in `folder`. The machine is off at first. */
export async function startIpmiSim(
  folder: string,
  bmc: BmcAddress,
  onControl: (control: ChassisControl) => void,
): Promise<IpmiSim> {
  await mkdir(join(folder, "state"), { recursive: true });
  const tell = (file: string, text: string): void => {
    // Whole or not at all: it may be read meanwhile.
    writeFileSync(join(folder, `${file}.new`), `${text}\n`);
    renameSync(join(folder, `${file}.new`), join(folder, file));
  };
  tell("power", "0");
  tell("boot", "none");
  await runTool("mkfifo", [join(folder, "controls")]);
  // Opened for writing too, so that it does not end while nobody writes.
  const pipe = new Socket({ fd: openSync(join(folder, "controls"), constants.O_RDWR | constants.O_NONBLOCK) });
  createInterface({ input: pipe }).on("line", (line) => {
    const control = parseControl(line);
    if (control !== undefined) onControl(control);
  });
  await writeFile(join(folder, "lan.conf"), lanConfiguration(bmc, folder));
  await writeFile(join(folder, "bmc.emu"), emulatedController);
  const files = ["-c", join(folder, "lan.conf"), "-f", join(folder, "bmc.emu"), "-s", join(folder, "state")];
  const sim = await spawnGuarded({
    command: "ipmi_sim",
    args: ["-n", ...files],
    credentials: {},
    output: openSync(join(folder, "ipmi-sim.log"), "a"),
    orphanSignal: "KILL",
  });
  return {
    tellPower: (isOn) => tell("power", isOn ? "1" : "0"),
    tellBootDevice: (device) => tell("boot", device),
    [Symbol.asyncDispose]: async () => {
      sim.kill("SIGKILL");
      await sim.exited;
      pipe.destroy();
    },
  };
}

function parseControl(line: string): ChassisControl | undefined {
  const [what = "", value = ""] = line.split(" ");
  switch (what) {
    case "power":
      return { kind: "power", isOn: value === "1" };
    case "reset":
    case "shutdown":
      return { kind: what };
    case "boot":
      return { kind: "boot", device: value };
    default:
      return undefined;
  }
}

/** ipmi_lan(5), but for `chassis_control`, which it does not mention. */
function lanConfiguration({ address, port, username, password }: BmcAddress, folder: string): string {
  for (const text of [username, password, folder, script])
    if (/["\s]/.test(text)) throw new LabError("ipmi_sim reads no name, password or path with a quote or a space");
  return `name "bmc"
set_working_mc 0x20
  startlan 1
    addr ${address} ${port}
    priv_limit admin
    allowed_auths_callback ${authentication}
    allowed_auths_user ${authentication}
    allowed_auths_operator ${authentication}
    allowed_auths_admin ${authentication}
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "sh ${script} ${folder}"
  user 2 true "${username}" "${password}" admin 10 ${authentication}
`;
}

/** ipmi_sim_cmd(5): one management controller without sensors. */
const emulatedController = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
`;
