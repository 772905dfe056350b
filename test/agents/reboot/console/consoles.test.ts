import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { createConsoles } from "../../../../agents/reboot/console/consoles.ts";
import { claim, readConsole, record } from "../../../../infra/db/index.ts";
import { type TestSerialPort, createChassis, createSerialPort, startBmc } from "../../../../infra/ipmi-js/index.ts";
import { createPowerDrivers } from "../../../../infra/power/index.ts";
import { until } from "../../../infra/simulator/support/until.ts";
import { leaveWith } from "../../../support/bmc-access.ts";
import { databaseServer } from "../../../support/database.ts";
import { nodeOf, siteOf } from "../../../support/inventory.ts";
import { admitNodes, endOf, opId } from "../../../support/ledger.ts";

const databases = databaseServer();
const [op, another] = [opId(1), opId(2)];
const password = "calvin-and-hobbes";

/** One node that a reload holds, and the reboot agent's consoles; `serialPort` is the node's, if it has one. */
async function scene(t: TestContext, serialPort?: TestSerialPort) {
  const chassis = createChassis({ powerState: "on" });
  const bmc = await startBmc({
    ...{ address: "127.0.0.1", port: 0, users: [{ username: "admin", password }], chassis },
    ...(serialPort ? { serialPort } : {}),
  });
  const power = { driver: "ipmi", address: "127.0.0.1", port: bmc.port, username: "admin" } as const;
  const database = await databases.newDatabase(t, siteOf([nodeOf("pc1", { power }), nodeOf("pc2")]));
  const [reload, reboot] = [database.as("reload"), database.as("reboot")];
  await admitNodes(reload, op, ["pc1", "pc2"]);
  const drivers = createPowerDrivers({ access: leaveWith(password) });
  const consoles = createConsoles({ sql: reboot, drivers, log: pino({ level: "silent" }) });
  t.after(async () => {
    await consoles.close();
    await drivers[Symbol.asyncDispose]();
    chassis.stop();
    await bmc.close();
  });
  return {
    bmc,
    consoles,
    shown: () => readConsole(reload, { node: "pc1", op }),
    endReload: async () => {
      const runs = await claim(reload, "replica", 10);
      await record(
        reload,
        "replica",
        runs.map((run) => endOf(run)),
      );
    },
  };
}

test("a console is followed while the reload holds the node, and is let go of by itself", async (t) => {
  const serialPort = createSerialPort();
  const { bmc, consoles, shown, endReload } = await scene(t, serialPort);
  assert.deepEqual([...(await consoles.follow(op, ["pc1", "pc2"]))].sort(), ["pc1", "pc2"]);
  await until("the console is open", () => serialPort.isOpen);
  serialPort.write("kernel panic, reveille.token=secret\r\n");
  await until("what it shows is written down", async () => (await shown()) === "kernel panic, reveille.token=…");
  await endReload();
  await until("the console is let go of", () => !serialPort.isOpen);
  await until("its session, too", () => bmc.sessionCount === 1);
  assert.equal(await shown(), "kernel panic, reveille.token=…");
});

test("nothing is followed for an operation that does not hold the node", async (t) => {
  const serialPort = createSerialPort();
  const { bmc, consoles } = await scene(t, serialPort);
  assert.deepEqual(await consoles.follow(another, ["pc1"]), []);
  assert.equal(bmc.packetCount, 0);
});

test("of a BMC that has no console nothing is written down", async (t) => {
  const { bmc, consoles, shown } = await scene(t);
  await consoles.follow(op, ["pc1"]);
  await until("the BMC was asked", () => bmc.packetCount > 8);
  assert.equal(await shown(), undefined);
});

test("what stops lets go of every console", async (t) => {
  const serialPort = createSerialPort();
  const { consoles } = await scene(t, serialPort);
  await consoles.follow(op, ["pc1"]);
  await until("the console is open", () => serialPort.isOpen);
  await consoles.close();
  assert.equal(serialPort.isOpen, false);
});
