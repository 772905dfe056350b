// What ipmipower 1.6.10 gets wrong, each seen with it: result lines lost of large fleets, a refusal that says nothing and
// exits 0, a run that ends with the first packet that comes twice or late, and BMCs slower than its retransmission.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runTool } from "../../../interop/run-tool.ts";
import { startCurtBmc } from "../support/curt-bmc.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { PASSWORD, USERNAME, type TestBmc, startTestBmc } from "../support/test-bmc.ts";

const bin = fileURLToPath(new URL("../../../../infra/ipmi-js/bin/ipmi-js.mjs", import.meta.url));
const FLEET_SIZE = 2_500;

async function ipmiJs(verb: string, hosts: readonly string[], ...options: readonly string[]) {
  const args = [bin, "power", verb, hosts.join(","), "-u", USERNAME, "-I", "3", ...options];
  const { exitStatus, stdout, stderr } = await runTool(process.execPath, args, { env: { IPMI_PASSWORD: PASSWORD } });
  assert.equal(stderr, "");
  return { exitStatus, lines: stdout.trim().split("\n").sort() };
}

function nameOf({ bmc }: Pick<TestBmc, "bmc">): string {
  return `${bmc.address}:${bmc.port}`;
}

describe("the command line, where ipmipower fails,", { concurrency: true }, () => {
  test(`tells of each of ${FLEET_SIZE.toLocaleString("en-US")} hosts once, through a pipe`, async (t) => {
    const bmcs = await Promise.all(Array.from({ length: FLEET_SIZE }, () => startCurtBmc(t, { tagOffset: 0 })));
    const hosts = bmcs.map(({ address, port }) => `${address}:${port}`);
    const { exitStatus, lines } = await ipmiJs("status", hosts);
    assert.deepEqual(lines.map((line) => line.replace(/: .*/, "")).sort(), hosts.sort());
    assert.equal(exitStatus, 1);
  });

  test("says what a BMC refuses, and exits with 1", async (t) => {
    const off = await startTestBmc(t, { power: { powerState: "off" } });
    for (const verb of ["cycle", "reset"]) {
      const { exitStatus, lines } = await ipmiJs(verb, [nameOf(off)]);
      assert.deepEqual(lines, [`${nameOf(off)}: not supported in the present state (D5h)`]);
      assert.equal(exitStatus, 1);
    }
  });

  test("says that a BMC stays busy, and exits with 1", async (t) => {
    const busy = await startTestBmc(t, { faults: { busyForMs: 600_000 } });
    const { exitStatus, lines } = await ipmiJs("status", [nameOf(busy)], "--deadline", "5");
    assert.deepEqual(lines, [`${nameOf(busy)}: BMC busy`]);
    assert.equal(exitStatus, 1);
  });

  test("goes on when one BMC of twelve sends each packet twice, and some late", async (t) => {
    const faults = { duplicate: true, lateRate: 0.3, random: seededRandom(5) };
    const odd = await startTestBmc(t, { faults });
    const others = await Promise.all(Array.from({ length: 11 }, () => startTestBmc(t)));
    const hosts = [odd, ...others].map(nameOf);
    const { exitStatus, lines } = await ipmiJs("status", hosts, "--deadline", "30");
    assert.deepEqual(lines, hosts.map((host) => `${host}: on`).sort());
    assert.equal(exitStatus, 0);
  });

  test("serves a BMC that takes two seconds for each answer", async (t) => {
    const slow = await startTestBmc(t, { faults: { replyDelayMs: 2_000 } });
    const { exitStatus, lines } = await ipmiJs("status", [nameOf(slow)], "--deadline", "20");
    assert.deepEqual(lines, [`${nameOf(slow)}: on`]);
    assert.equal(exitStatus, 0);
  });
});
