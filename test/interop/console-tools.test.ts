import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { type TestContext, test } from "node:test";
import { type BmcTarget, createSerialPort } from "../../infra/ipmi-js/index.ts";
import { PASSWORD, USERNAME, startTestBmc } from "../infra/ipmi-js/support/test-bmc.ts";
import { outputContains } from "./output-contains.ts";
import { withSystemPath } from "./run-tool.ts";

test("ipmitool shows the console, and types at it", async (t) => {
  await typeAtConsole(t, {
    command: ({ address, port }) =>
      `ipmitool -I lanplus -H ${address} -p ${port ?? 623} -U ${USERNAME} -E -C 17 sol activate`,
    hangUp: "\r~.",
  });
});

test("ipmiconsole shows the console, and types at it", async (t) => {
  await typeAtConsole(t, {
    command: ({ address, port }) => `ipmiconsole -h ${address}:${port ?? 623} -u ${USERNAME} -p ${PASSWORD} -I 3`,
    hangUp: "&.",
  });
});

// Both tools want a terminal; util-linux's `script` gives them one.
async function typeAtConsole(
  t: TestContext,
  tool: { readonly command: (target: BmcTarget) => string; readonly hangUp: string },
): Promise<void> {
  let typed = "";
  const input = new EventEmitter();
  const serialPort = createSerialPort((bytes) => {
    typed += Buffer.from(bytes).toString();
    if (typed.includes("root\r")) input.emit("root");
  });
  // ipmiconsole takes no port above 32,767, where the free ones are: an address that nobody else uses, instead.
  const { target } = await startTestBmc(t, {
    serialPort,
    address: "127.83.0.1",
    port: 20_000 + (process.pid % 10_000),
  });
  const env = withSystemPath({ IPMI_PASSWORD: PASSWORD });
  const child = spawn("script", ["-qec", tool.command(target), "/dev/null"], { env });
  t.after(() => child.kill("SIGKILL"));
  const exited = once(child, "exit");

  await outputContains(child, /operational|established/);
  serialPort.write("login: ");
  await outputContains(child, /login: /);
  const typedRoot = once(input, "root");
  child.stdin.write("root\r");
  await typedRoot;
  child.stdin.write(tool.hangUp);
  assert.deepEqual(await exited, [0, null]);
}
