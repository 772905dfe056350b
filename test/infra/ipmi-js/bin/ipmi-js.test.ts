import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runTool } from "../../../interop/run-tool.ts";
import { PASSWORD, USERNAME, startTestBmc } from "../support/test-bmc.ts";

const bin = fileURLToPath(new URL("../../../../infra/ipmi-js/bin/ipmi-js.mjs", import.meta.url));

test("the program reads a status, compiled or not", async (t) => {
  const { bmc } = await startTestBmc(t);
  const args = [bin, "power", "status", `127.0.0.1:${bmc.port}`, "-u", USERNAME];
  const result = await runTool(process.execPath, args, { env: { IPMI_PASSWORD: PASSWORD } });
  assert.equal(result.stdout, `127.0.0.1:${bmc.port}: on\n`, result.stderr);
  assert.equal(result.exitStatus, 0);
});

test("a reader that leaves ends the program without a word, and without a session left open", async (t) => {
  const { bmc } = await startTestBmc(t);
  const line = `"$0" "$1" power status "127.0.0.1:$2" -u ${USERNAME} | true; exit "\${PIPESTATUS[0]}"`;
  const args = ["-c", line, process.execPath, bin, String(bmc.port)];
  const { stderr, exitStatus } = await runTool("bash", args, { env: { IPMI_PASSWORD: PASSWORD } });
  assert.equal(stderr, "");
  assert.ok(exitStatus === 0 || exitStatus === 130, `${exitStatus}`);
  assert.equal(bmc.sessionCount, 0);
});
