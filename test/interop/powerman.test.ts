import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BmcTarget } from "../../infra/ipmi-js/index.ts";
import { startTestBmc } from "../infra/ipmi-js/support/test-bmc.ts";
import { until } from "../infra/simulator/support/until.ts";
import { freePort } from "./free-port.ts";
import { runTool, withSystemPath } from "./run-tool.ts";

const ADDRESSES = ["127.83.1.1", "127.83.1.2"] as const;
const CREDENTIALS = { username: "admin", password: "horse" } as const;

test("powerman asks for and turns the power of two BMCs by ipmipower", async (t) => {
  const [first, second] = await Promise.all([startBmcAt(t, ADDRESSES[0]), startBmcAt(t, ADDRESSES[1])]);
  const powerman = await startPowerman(t, [first.target, second.target]);

  // ipmipower calls a BMC undiscovered until it has answered the first ping.
  await until("powerman knows every state", async () => (await powerman("-q"))["unknown"] === "");
  assert.deepEqual(await powerman("-q"), { on: "pc[1-2]", off: "", unknown: "" });
  await powerman("-0", "pc2");
  assert.deepEqual(await powerman("-q"), { on: "pc1", off: "pc2", unknown: "" });
  await powerman("-0", "pc1");
  await powerman("-1", "pc[1-2]");
  assert.deepEqual(await powerman("-q"), { on: "pc[1-2]", off: "", unknown: "" });

  for (const { controls } of [first, second]) {
    assert.deepEqual(new Set(controls.map(({ action }) => action)), new Set(["power-off", "power-on"]));
  }
});

function startBmcAt(t: TestContext, address: string) {
  return startTestBmc(t, { address, users: [CREDENTIALS] });
}

type Powerman = (...args: readonly string[]) => Promise<Readonly<Record<string, string>>>;

/** powermand in the foreground, with `pc1`, `pc2`, … for the BMCs; resolves with its client. */
async function startPowerman(t: TestContext, bmcs: readonly BmcTarget[]): Promise<Powerman> {
  const folder = await mkdtemp(join(tmpdir(), "powerman-"));
  const listen = `127.0.0.1:${await freePort("tcp")}`;
  const credentials = join(folder, "freeipmi.conf");
  await writeFile(credentials, `username ${CREDENTIALS.username}\npassword ${CREDENTIALS.password}\n`, { mode: 0o600 });
  const configuration = join(folder, "powerman.conf");
  await writeFile(configuration, powermanConfiguration({ listen, credentials, bmcs }));

  const args = ["--foreground", "--conf", configuration];
  const daemon = spawn("powermand", args, { env: withSystemPath(), stdio: "ignore" });
  const exited = once(daemon, "exit");
  t.after(async () => {
    daemon.kill("SIGTERM");
    await exited;
    await rm(folder, { recursive: true });
  });
  await until("powermand listens", () => isListening(listen));

  return async (...args) => {
    const { exitStatus, stdout, stderr } = await runTool("powerman", ["-h", listen, ...args]);
    assert.equal(exitStatus, 0, stdout + stderr);
    const lines = stdout.matchAll(/^(on|off|unknown): *(.*)$/gm);
    return Object.fromEntries(Array.from(lines, ([, state = "", nodes = ""]) => [state, nodes]));
  };
}

/** powerman.conf(5): one ipmipower in its interactive mode for all BMCs, as powerman's own ipmipower.dev says. */
function powermanConfiguration(options: {
  readonly listen: string;
  readonly credentials: string;
  readonly bmcs: readonly BmcTarget[];
}): string {
  const hosts = options.bmcs.map(({ address, port }) => `${address}:${port ?? 623}`).join(",");
  const command = `/usr/sbin/ipmipower --config-file ${options.credentials} -D LAN_2_0 -I 17 -h ${hosts}`;
  const nodes = options.bmcs.map(({ address }, at) => `node "pc${at + 1}" "bmcs" "${address}"\n`);
  return `include "/etc/powerman/ipmipower.dev"
listen "${options.listen}"
device "bmcs" "ipmipower" "${command} --wait-until-on --wait-until-off |&"
${nodes.join("")}`;
}

async function isListening(listen: string): Promise<boolean> {
  const [host = "", port] = listen.split(":");
  const socket = connect(Number(port), host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
