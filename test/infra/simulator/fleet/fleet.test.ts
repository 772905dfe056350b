import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFleet } from "../../../../infra/simulator/index.ts";
import { startReportReceiver } from "../support/report-receiver.ts";
import { startSite } from "../support/site.ts";
import { createSshLogin } from "../support/ssh-login.ts";
import { until } from "../support/until.ts";

const bootIdCommand = "cat /proc/sys/kernel/random/boot_id";

describe("a fleet", { concurrency: 4 }, () => {
  test("is up once it has started: every node answers, is on, and has reported ISUP from its own address", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }, { name: "pc2" }], firstAddress: "127.16.10.1" });

    for (const name of ["pc1", "pc2"]) {
      const node = site.node(name);
      assert.deepEqual(node.states(), ["BOOTING", "ISUP"]);
      assert.equal(await node.powerState(), "on");
      assert.equal(await node.isAnswering(), true);
    }
  });

  test("tells over ssh the boot id that it reported", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: "127.16.11.1" });

    const { stdout, exitCode } = await site.node("pc1").ssh(bootIdCommand);

    assert.equal(exitCode, 0);
    assert.deepEqual(
      site.receiver.reports.map(({ bootId }) => `${bootId}\n`),
      [stdout, stdout],
    );
  });

  test("goes silent at once when its power is cut, reports nothing, and boots with a new id when it comes back", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: "127.16.12.1" });
    const node = site.node("pc1");

    await node.control("power-off");
    assert.equal(await node.isAnswering(), false);
    assert.equal(await node.powerState(), "off");
    assert.deepEqual(node.states(), ["BOOTING", "ISUP"]);

    await node.control("power-on");
    assert.equal(await node.powerState(), "on");
    await node.reported("ISUP", 2);
    assert.equal(await node.isAnswering(), true);
    assert.deepEqual(node.states(), ["BOOTING", "ISUP", "BOOTING", "ISUP"]);
    assert.equal(new Set(site.receiver.reports.map(({ bootId }) => bootId)).size, 2);
  });

  for (const [action, cause, octet] of [
    ["power-cycle", "power-cut", 13],
    ["hard-reset", "reset", 14],
    ["diagnostic-interrupt", "panic", 15],
  ] as const) {
    test(`goes down by ${action}, and boots again`, async () => {
      await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: `127.16.${octet}.1` });
      const node = site.node("pc1");

      await node.control(action);
      assert.equal(await node.isAnswering(), false);
      await node.reported("ISUP", 2);

      const kinds = (await node.journal()).map((entry) => (entry.kind === "report" ? entry.state : entry.kind));
      assert.deepEqual(kinds, ["boot", "up", "BOOTING", "ISUP", "power", "down", "boot", "BOOTING", "up", "ISUP"]);
      const down = (await node.journal()).find((entry) => entry.kind === "down");
      assert.equal(down?.cause, cause);
    });
  }

  test("shuts down by soft power off, and stays off", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: "127.16.16.1" });
    const node = site.node("pc1");

    await node.control("soft-shutdown");
    assert.equal(await node.powerState(), "on");
    await until("the power is off", async () => (await node.powerState()) === "off");

    assert.equal(await node.isAnswering(), false);
    assert.deepEqual(node.states(), ["BOOTING", "ISUP"]);
  });

  test("refuses a cycle, a reset and an interrupt while it is off, and its journal has none of them", async () => {
    await using site = await startSite({
      nodes: [{ name: "pc1", faults: ["powered-off"] }],
      firstAddress: "127.16.17.1",
    });
    const node = site.node("pc1");

    for (const action of ["power-cycle", "hard-reset", "diagnostic-interrupt"] as const) {
      await assert.rejects(node.control(action), { code: "bmc-completion-code" });
    }

    assert.deepEqual(await node.journal(), []);
  });

  for (const [line, octet] of [
    ["reboot", 20],
    ["/sbin/reboot", 21],
    ["shutdown -r now", 22],
    [`${bootIdCommand}; reboot`, 23],
  ] as const) {
    test(`exits 0 from "${line}", then goes down and comes up with another boot id`, async () => {
      await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: `127.16.${octet}.1` });
      const node = site.node("pc1");
      const before = await node.ssh(bootIdCommand);

      const { exitCode, stdout } = await node.ssh(line);
      assert.equal(exitCode, 0);
      assert.equal(stdout, line.startsWith("cat") ? before.stdout : "");
      await node.reported("ISUP", 2);

      const after = await node.ssh(bootIdCommand);
      assert.equal(after.exitCode, 0);
      assert.notEqual(after.stdout, before.stdout);
    });
  }

  test("sets itself up anew by reveille-reconfigure, without a new boot", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: "127.16.24.1" });
    const node = site.node("pc1");

    assert.equal((await node.ssh("reveille-reconfigure")).exitCode, 0);

    assert.deepEqual(node.states(), ["BOOTING", "ISUP", "TBSETUP", "ISUP"]);
    assert.equal(new Set(site.receiver.reports.map(({ bootId }) => bootId)).size, 1);
    assert.equal((await node.ssh("reveille-prepare")).exitCode, 0);
  });

  test("lets root in with the authorised key, to the commands it knows, and nobody else", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }, { name: "pc2" }], firstAddress: "127.16.25.1" });
    await using stranger = await createSshLogin();
    const [pc1, pc2] = [site.node("pc1"), site.node("pc2")];

    const unknown = await pc1.ssh("rm -rf /");
    assert.deepEqual([unknown.exitCode, unknown.stderr], [127, "rm -rf /: not found; this is a simulated node\n"]);
    assert.match((await site.login.run(pc1, "reboot", { user: "joe" })).stderr, /Permission denied \(publickey\)/);
    assert.match((await stranger.run(pc1, "reboot")).stderr, /Permission denied \(publickey\)/);
    const impostor = await site.login.run(pc1, "reboot", { hostKey: pc2.sshHostKey });
    assert.match(impostor.stderr, /Host key verification failed/);
    assert.equal(await pc1.isAnswering(), true);
    assert.equal(pc1.states().length, 2);
  });

  test("comes back up on the same port though the boot agent is gone, and reports when that is back", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: "127.16.26.1" });
    const node = site.node("pc1");
    await using later = await startReportReceiver();
    await site.receiver[Symbol.asyncDispose]();

    await node.control("power-cycle");
    await until("it answers again", () => node.isAnswering());
    await site.fleet.start({ bootUrl: later.url });

    await until("its reports arrive", () => later.statesFrom(node.address).includes("ISUP"));
    assert.deepEqual(later.statesFrom(node.address), ["BOOTING", "ISUP"]);
  });

  test("drops the connections of a machine whose power is cut", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: "127.16.27.1" });
    const node = site.node("pc1");
    site.receiver.httpStatus = 503; // so that the set-up over ssh does not end by itself

    const running = node.ssh("reveille-reconfigure");
    await until("set-up reports", () => node.states().includes("TBSETUP"));
    await node.control("power-off");

    assert.equal((await running).exitCode, 255);
  });

  test("leaves nothing listening when it is closed, and can be closed twice", async () => {
    await using site = await startSite({ nodes: [{ name: "pc1" }, { name: "pc2" }], firstAddress: "127.16.28.1" });
    const node = site.node("pc1");
    await node.control("power-cycle");

    await site.fleet.close();
    await site.fleet.close();

    assert.equal(await site.node("pc2").isAnswering(), false);
    await assert.rejects(node.powerState(), { code: "bmc-unreachable" });
  });

  test("has no journal of a node that it does not have", async () => {
    await using site = await startSite({ nodes: [], firstAddress: "127.16.29.1" });

    await assert.rejects(site.fleet.journal("pc1"), { code: "simulated-node-unknown", node: "pc1" });
  });

  test("refuses a key that is none, and boot times that are none", async () => {
    await using login = await createSshLogin();

    await assert.rejects(createFleet({ nodes: [], authorizedKey: "hunter2" }), { code: "fleet-options-invalid" });
    await assert.rejects(createFleet({ nodes: [], authorizedKey: login.publicKey, bootMs: [3, 1] }), {
      code: "fleet-options-invalid",
    });
  });

  test("is the same again for the same seed: passwords and host keys; boot ids never come twice", async () => {
    const options = { nodes: [{ name: "pc1" }], firstAddress: "127.16.30.1" };
    const live = async (seed: number) => {
      await using site = await startSite({ ...options, seed });
      const node = site.node("pc1");
      await node.control("hard-reset");
      await node.reported("ISUP", 2);
      const bootIds = new Set(site.receiver.reports.map(({ bootId }) => bootId));
      return { secrets: [node.bmcPassword, node.sshHostKey], bootIds };
    };

    const first = await live(7);
    const again = await live(7);
    assert.deepEqual(again.secrets, first.secrets);
    assert.equal(new Set([...first.bootIds, ...again.bootIds]).size, 4);
    const other = await live(8);
    assert.ok(other.secrets.every((value, at) => value !== first.secrets[at]));
  });
});
