import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { SimulatedNode } from "../../../../infra/simulator/index.ts";
import { isAnswering } from "../support/probe.ts";
import { startSite } from "../support/site.ts";
import { until } from "../support/until.ts";

const nodes = ["pc1", "pc2", "pc3", "pc4", "pc5"].map((name) => ({ name }));

describe("a fleet in several processes", () => {
  test("behaves as in one: its nodes in order, powered, logged into, journaled", async () => {
    await using site = await startSite({ nodes, processes: 2, firstAddress: "127.19.1.1" });
    const pc5 = site.node("pc5");

    assert.deepEqual(
      site.fleet.nodes.map(({ name, address }) => `${name} ${address}`),
      nodes.map(({ name }, at) => `${name} 127.19.1.${at + 1}`),
    );
    assert.equal((await pc5.ssh("reveille-prepare")).exitCode, 0);
    await pc5.control("hard-reset");
    await pc5.reported("ISUP", 2);
    const kinds = (await pc5.journal()).map(({ kind }) => kind);
    assert.deepEqual(kinds.slice(-6), ["power", "down", "boot", "report", "up", "report"]);
  });

  test("has the same nodes as in one process, for the same seed", async () => {
    const identities = async (processes: number) => {
      await using site = await startSite({ nodes, processes, firstAddress: "127.19.2.1" });
      return site.fleet.nodes.map(({ bmcPassword, sshHostKey }) => [bmcPassword, sshHostKey]);
    };

    assert.deepEqual(await identities(2), await identities(1));
  });

  test("leaves nothing behind when it is closed", async () => {
    await using site = await startSite({ nodes, processes: 2, firstAddress: "127.19.3.1" });

    await site.fleet.close();

    for (const { address, probePort } of site.fleet.nodes) assert.equal(await isAnswering(address, probePort), false);
    await assert.rejects(site.fleet.journal("pc1"), { code: "fleet-process-failed" });
  });

  test("is gone when the process that started it was killed", async () => {
    const program = fileURLToPath(new URL("../support/forking-process.ts", import.meta.url));
    const parent = fork(program, { execArgv: ["--import", "tsx"], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const started = await startedNodes(parent);
    for (const { address, probePort } of started) assert.equal(await isAnswering(address, probePort), true);

    parent.kill("SIGKILL");

    for (const { name, address, probePort } of started) {
      await until(`${name} is gone`, async () => !(await isAnswering(address, probePort)));
    }
  });
});

async function startedNodes(parent: ChildProcess): Promise<SimulatedNode[]> {
  const [message] = (await once(parent, "message")) as [SimulatedNode[]];
  return message;
}
