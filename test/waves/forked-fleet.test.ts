import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FleetProcessError, type SimulatedNode, createFleet } from "../../infra/simulator/index.ts";
import { isAnswering } from "../infra/simulator/support/probe.ts";
import { startSite } from "../infra/simulator/support/site.ts";
import { createSshLogin } from "../infra/simulator/support/ssh-login.ts";
import { until } from "../infra/simulator/support/until.ts";
import { fromSource } from "../support/from-source.ts";

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

  test("can be closed while it still waits for the boot agent", async () => {
    await using login = await createSshLogin();
    const options = { nodes, authorizedKey: login.publicKey, processes: 2, firstAddress: "127.19.5.1" };
    await using fleet = await createFleet(options);
    const starting = fleet.start({ bootUrl: "http://127.0.0.1:1" });
    await until("pc5 is up", () => isAnswering(fleet.nodes[4]!.address, fleet.nodes[4]!.probePort));

    await fleet.close();

    await starting;
  });

  test("fails what is asked of it when one of its processes was killed, and can still be closed", async () => {
    await using site = await startSite({ nodes, processes: 2, firstAddress: "127.19.6.1" });

    process.kill(await someFleetProcess(), "SIGKILL");

    await until("a half of the fleet is gone", async () => {
      const asked = await Promise.allSettled(nodes.map(({ name }) => site.fleet.journal(name)));
      const failed = asked.filter((one) => one.status === "rejected");
      return failed.length > 0 && failed.every(({ reason }) => reason instanceof FleetProcessError);
    });
  });

  test("is gone when the process that started it was killed", async () => {
    const program = fileURLToPath(new URL("../infra/simulator/support/forking-process.ts", import.meta.url));
    const parent = fork(program, { execArgv: [...fromSource], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const started = await startedNodes(parent);
    for (const { address, probePort } of started) assert.equal(await isAnswering(address, probePort), true);

    parent.kill("SIGKILL");

    for (const { name, address, probePort } of started) {
      await until(`${name} is gone`, async () => !(await isAnswering(address, probePort)));
    }
  });
});

/** The pid of a child of this process that holds a share of a fleet. */
async function someFleetProcess(): Promise<number> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, "utf8");
  for (const pid of children.trim().split(" ")) {
    if ((await readFile(`/proc/${pid}/cmdline`, "utf8")).includes("fleet-process")) return Number(pid);
  }
  throw new Error("no child of this process holds a share of a fleet");
}

async function startedNodes(parent: ChildProcess): Promise<SimulatedNode[]> {
  const [message] = (await once(parent, "message")) as [SimulatedNode[]];
  return message;
}
