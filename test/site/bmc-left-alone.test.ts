import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeResult, PowerArgs } from "../../contracts/index.ts";
import postgres from "postgres";
import { createChassis, startBmc } from "../../infra/ipmi-js/index.ts";
import { seal } from "../../infra/secrets/index.ts";
import { siteWith } from "../support/site.ts";

/** In a simulated site a BMC is left alone for five seconds. */
const holdMs = 5_000;
const blades = ["b1", "b2", "b3", "b4"];
const site = siteWith(
  {
    nodes: [
      { name: "dead", fault: "bmc-dead" },
      { name: "silent", fault: "bmc-dead" },
      { name: "locked", fault: "bmc-wrong-password" },
      { name: "asked", fault: "bmc-wrong-password" },
      ...blades.map((name) => ({ name })),
    ],
    experiments: [{ name: "demo/lab", nodes: ["asked"] }],
    users: [{ name: "guest", projects: ["other"] }],
  },
  { replicas: 3 },
);

type Action = PowerArgs["action"];

/** The result of one node alone; `tookMs` by its own times. */
async function power(node: string, action: Action, more: { force?: true; user?: string } = {}) {
  const { user = "admin", ...args } = more;
  await using reveille = await site.connectAs(user);
  const operation = await reveille.power({ action, nodelist: [node], ...args });
  const { code, results, reason: refusal } = await operation.wait();
  const result = results[node];
  return { code, refusal, reason: result?.reason, evidence: result?.evidence, tookMs: result ? durationOf(result) : 0 };
}

const durationOf = ({ startedAt, finishedAt }: NodeResult) => Date.parse(finishedAt) - Date.parse(startedAt);

describe("a BMC that is left alone", { concurrency: true }, () => {
  test("is told as unreachable at once by whichever replica, then tried again", async () => {
    const first = await power("dead", "cycle");
    assert.equal(first.reason, "bmc-unreachable");
    assert.ok(first.tookMs >= 2_900, `${first.tookMs} ms`);
    assert.equal(first.evidence, undefined);

    const again = await Promise.all([1, 2, 3].map(() => power("dead", "cycle")));
    const told = again.filter(({ reason }) => reason === "bmc-unreachable");
    assert.ok(told.length >= 1, "one has the node's lock at a time");
    let retryAt = "";
    for (const { tookMs, evidence } of told) {
      assert.ok(tookMs < 2_000, `${tookMs} ms`);
      retryAt = evidence?.retryAt ?? "";
      assert.equal(Date.parse(retryAt) - Date.parse(evidence?.triedAt ?? ""), holdMs);
    }
    // As the result has it: from then on the BMC is tried again.
    await sleep(Date.parse(retryAt) - Date.now() + 50);
    const later = await power("dead", "cycle");
    assert.equal(later.reason, "bmc-unreachable");
    assert.ok(later.tookMs >= 2_400, `tried again: ${later.tookMs} ms`);
  });

  test("is asked nevertheless for its state", async () => {
    await power("silent", "cycle");
    const { reason, evidence, tookMs } = await power("silent", "status");
    assert.deepEqual({ reason, evidence }, { reason: "bmc-unreachable", evidence: undefined });
    assert.ok(tookMs >= 2_400, `${tookMs} ms`);
  });
});

describe("a credential that was refused", () => {
  test("is not tried again, which the result says, unless somebody with a right to the node insists", async () => {
    assert.deepEqual(await seenOf(power("locked", "cycle")), { reason: "bmc-password-invalid", wasAsked: true });
    for (const action of ["cycle", "status", "off"] as const) {
      assert.deepEqual(await seenOf(power("locked", action)), { reason: "bmc-password-invalid", wasAsked: false });
    }
    const insisting = await seenOf(power("locked", "status", { force: true }));
    assert.deepEqual(insisting, { reason: "bmc-password-invalid", wasAsked: true });
  });

  test("stands in the way of what a dry run plans, which asks no BMC", async () => {
    await power("locked", "cycle");
    const cycle = await site.runHere(["power", "cycle", "locked", "--dry-run"]);
    assert.match(cycle.stdout, /^would end failed \(bmc-password-invalid, locked: not tried, .*\): locked$/mu);
    const reboot = await site.runHere(["reboot", "locked", "--dry-run"]);
    assert.match(reboot.stdout, /^reboot over ssh, else by its power: locked$/mu);
    assert.match(reboot.stdout, /^in the way: locked: not tried, .*: locked$/mu);
  });

  test("may be looked at by anybody, and tried anew only by whoever may act on the node", async () => {
    assert.equal((await power("asked", "status", { user: "guest" })).reason, "bmc-password-invalid");
    const insisting = await power("asked", "status", { user: "guest", force: true });
    assert.deepEqual([insisting.code, insisting.refusal], [-1, "permission-denied"]);
  });
});

describe("a BMC that several nodes share", () => {
  test("has one session at a time, whichever replicas their runs went to", async (t) => {
    await using chassis = await startChassis();
    const ledger = postgres(site.services.postgres.adminUrl, { max: 1, onnotice: () => undefined });
    t.after(() => ledger.end());
    const [sealing] = await ledger<{ key: string }[]>`select public_key as key from reboot.sealing_keys`;
    for (const node of blades) {
      const password = seal(sealing!.key, chassis.password, node);
      await ledger`update registry.nodes set power = ${ledger.json(chassis.power)} where name = ${node}`;
      await ledger`update registry.bmc_credentials set sealed_password = ${password} where node = ${node}`;
    }
    const [cycled, ...looked] = blades;
    const looks = looked.flatMap((node) => Array.from({ length: 5 }, () => node));
    const ends = await Promise.all([power(cycled!, "cycle"), ...looks.map((node) => power(node, "status"))]);
    assert.deepEqual([...new Set(ends.map(({ code }) => code))], [0], JSON.stringify(ends));
    assert.equal(chassis.mostSessions(), 1);
    const [used] = await ledger<{ replicas: number }[]>`
      select count(distinct lease_owner)::int as replicas from reboot.node_runs where node = any(${blades})`;
    assert.ok(used!.replicas > 1, "one replica did it all");
  });
});

/** A BMC with room for four sessions and the password that it takes; tells the most that it had at once. */
async function startChassis() {
  const password = "four-blades";
  const chassis = createChassis({ powerState: "on" });
  const bmc = await startBmc({
    ...{ address: "127.0.0.1", port: 0, chassis, users: [{ username: "admin", password }] },
    // An exchange lasts for long enough that another would be seen beside it.
    faults: { replyDelayMs: 5 },
  });
  let mostSessions = 0;
  const looking = setInterval(() => (mostSessions = Math.max(mostSessions, bmc.sessionCount)), 1);
  const power = { driver: "ipmi", address: bmc.address, port: bmc.port, username: "admin" } as const;
  return {
    ...{ password, power, mostSessions: () => mostSessions },
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      chassis.stop();
      await bmc.close();
    },
  };
}

async function seenOf(powered: ReturnType<typeof power>) {
  const { reason, evidence } = await powered;
  return { reason, wasAsked: evidence?.triedAt === undefined };
}
