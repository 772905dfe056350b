import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BmcTarget } from "../../infra/ipmi-js/index.ts";
import { USERNAME, startTestBmc } from "../infra/ipmi-js/support/test-bmc.ts";
import { runTool } from "./run-tool.ts";

const SIMPLE_PASSWORD = "horse";

function ipmipower(t: TestContext, target: BmcTarget, args: readonly string[]): Promise<string> {
  return freeIpmi("ipmipower", { t, target, args });
}

/** Runs a FreeIPMI tool with the credentials in a file of its own. */
async function freeIpmi(
  tool: string,
  { t, target, args }: { readonly t: TestContext; readonly target: BmcTarget; readonly args: readonly string[] },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ipmipower-"));
  t.after(() => rm(folder, { recursive: true }));
  const config = join(folder, "freeipmi.conf");
  await writeFile(config, `username ${USERNAME}\npassword ${SIMPLE_PASSWORD}\n`, { mode: 0o600 });
  const where = ["--config-file", config, "-D", "LAN_2_0", "-h", `${target.address}:${target.port ?? 623}`];
  const { stdout } = await runTool(tool, [...where, ...args]);
  return stdout;
}

for (const suite of ["3", "17"]) {
  test(`ipmipower reads the status and cycles with cipher suite ${suite}`, async (t) => {
    const { target, controls } = await startTestBmc(t, {
      users: [{ username: USERNAME, password: SIMPLE_PASSWORD }],
    });
    assert.equal(await ipmipower(t, target, ["-I", suite, "--stat"]), "127.0.0.1: on\n");
    assert.equal(await ipmipower(t, target, ["-I", suite, "--cycle"]), "127.0.0.1: ok\n");
    assert.equal(controls[0]?.action, "power-cycle");
  });
}

test("ipmi-chassis reads the chassis status", async (t) => {
  const { target } = await startTestBmc(t, { users: [{ username: USERNAME, password: SIMPLE_PASSWORD }] });
  const stdout = await freeIpmi("ipmi-chassis", { t, target, args: ["-I", "17", "--get-chassis-status"] });
  assert.match(stdout, /System Power +: on\n/);
});
