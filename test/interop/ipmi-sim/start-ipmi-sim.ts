import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { BmcTarget } from "../../../infra/ipmi-js/index.ts";
import { freePort } from "../free-port.ts";
import { outputContains } from "../output-contains.ts";
import { withSystemPath } from "../run-tool.ts";

const ADDRESS = "127.0.0.1";
const USERNAME = "operator";
const PASSWORD = "correct-horse";
const AUTHENTICATION = "none md2 md5 straight";

export interface IpmiSim {
  /** With the right password, and the one cipher suite that ipmi_sim has. */
  readonly target: BmcTarget & { readonly port: number; readonly password: string };
  readonly readPower: () => Promise<"on" | "off">;
  /** What the machine boots next, in ipmi_sim's words. */
  readonly readBootDevice: () => Promise<string>;
  /** What ipmi_sim has told the machine to do, oldest first: `power 1`, `reset 1`, `boot pxe`. */
  readonly readControls: () => Promise<readonly string[]>;
}

/** OpenIPMI's simulated BMC, with a machine whose power is on; both end with the test. */
export async function startIpmiSim(t: TestContext): Promise<IpmiSim> {
  const folder = await mkdtemp(join(tmpdir(), "ipmi-sim-"));
  const port = await freePort("udp");
  const script = join(folder, "chassis-control.sh");
  await copyFile(new URL("chassis-control.sh", import.meta.url), script);
  await mkdir(join(folder, "state"));
  await writeFile(join(folder, "power"), "1\n");
  await writeFile(join(folder, "boot"), "none\n");
  await writeFile(join(folder, "controls"), "");
  await writeFile(join(folder, "lan.conf"), lanConfiguration({ port, script }));
  await writeFile(join(folder, "bmc.emu"), EMULATED_CONTROLLER);

  const args = ["-p", "-c", "lan.conf", "-f", "bmc.emu", "-s", "state"];
  const child = spawn("ipmi_sim", args, { cwd: folder, env: withSystemPath() });
  const exited = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await exited;
    await rm(folder, { recursive: true });
  });
  // Its prompt comes when it listens.
  await outputContains(child, /^.?> /m);

  const read = async (file: string) => (await readFile(join(folder, file), "utf8")).trim();
  return {
    target: { address: ADDRESS, port, username: USERNAME, password: PASSWORD, cipherSuite: 3 },
    readPower: async () => ((await read("power")) === "1" ? "on" : "off"),
    readBootDevice: () => read("boot"),
    readControls: async () => (await read("controls")).split("\n").filter((line) => line !== ""),
  };
}

/** ipmi_lan(5), but for `chassis_control`, which it does not mention. */
function lanConfiguration({ port, script }: { readonly port: number; readonly script: string }): string {
  return `name "bmc"
set_working_mc 0x20
  startlan 1
    addr ${ADDRESS} ${port}
    priv_limit admin
    allowed_auths_callback ${AUTHENTICATION}
    allowed_auths_user ${AUTHENTICATION}
    allowed_auths_operator ${AUTHENTICATION}
    allowed_auths_admin ${AUTHENTICATION}
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "sh ${script}"
  user 2 true "${USERNAME}" "${PASSWORD}" admin 10 ${AUTHENTICATION}
`;
}

/** ipmi_sim_cmd(5): one management controller, of manufacturer 1291h and product F02h, without sensors. */
const EMULATED_CONTROLLER = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
`;
