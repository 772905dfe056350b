import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import postgres from "postgres";
import type { NodeResult } from "../../contracts/index.ts";
import { until } from "../infra/simulator/support/until.ts";
import { documentOf, siteWith } from "../support/site.ts";
import { type Replica, startReplica } from "./replica.ts";

/** How long a reboot may take that a reload asks for: less than a lease lasts. */
const restartS = 4;

/** After one power-on a circuit bears no other for as long as the test lasts. */
const site = siteWith(
  {
    nodes: [
      { name: "first", circuit: "narrow" },
      { name: "waits", circuit: "narrow", fault: "powered-off" },
      { name: "hangs", fault: "ssh-hangs" },
    ],
    images: [{ name: "base", sizeMiB: 1 }],
  },
  { replicas: 0, pacing: { maxPowerOns: 1, windowS: 600 } },
);
const replicas: Replica[] = [];
let ledger: postgres.Sql;

describe("a reboot agent killed with -9", () => {
  before(async () => {
    ledger = postgres(site.services.postgres.adminUrl, { max: 1, onnotice: () => undefined });
    await ledger`update registry.node_types set settings = settings || ${ledger.json({ restartS })}`;
    replicas.push(await startReplica(site.agentsFile, "reload"), await startReplica(site.agentsFile));
  });
  after(async () => {
    for (const replica of replicas) replica.signal("SIGKILL");
    await Promise.all(replicas.map(({ ended }) => ended));
    await ledger.end();
  });

  test("leaves its deadlines to the next: nothing that is overdue then is begun or gone on with", async () => {
    await using reveille = await site.connectAs();
    assert.equal((await (await reveille.power({ action: "cycle", nodelist: ["first"] })).wait()).code, 0);
    const reload = site.start(["reload", "waits", "--yes", "--json"]);
    await until("its reboot to wait for its turn", async () => {
      const rows = await ledger`
        select from reboot.node_runs where node = 'waits' and state = 'queued' and not_before > now() + interval '60 s'`;
      return rows.count === 1;
    });
    const deadlineAt = new Date(Date.now() + restartS * 1_000);
    const reboot = await reveille.reboot({ nodelist: ["hangs"] }, { deadlineAt });
    for await (const event of reboot) if (event.kind === "step" && event.step === "ssh-reboot") break;
    const victim = replicas.pop()!;
    victim.signal("SIGKILL");
    await victim.ended;
    replicas.push(await startReplica(site.agentsFile));

    const { results } = await reboot.wait();
    assert.deepEqual(inWords(results["hangs"]), "expired deadline-exceeded 1");
    assert.deepEqual(await site.powerActions("hangs"), [], "it was neither interrupted nor power cycled");

    const ended = documentOf(await reload.ended).results["waits"];
    assert.deepEqual(inWords(ended), "failed deadline-exceeded 2");
    assert.deepEqual(await site.powerActions("waits"), []);
    const reboots = await ledger<{ op: string; deadlineAt: Date; asked: Date; result: NodeResult }[]>`
      select o.op, o.deadline_at as "deadlineAt", c.deadline_at as asked, r.result
      from reboot.operations o join reboot.node_runs r using (op) join reload.child_operations c using (op)
      order by o.created_at`;
    assert.deepEqual(
      reboots.map(({ result }) => inWords(result)),
      Array.from({ length: 2 }, () => "expired deadline-exceeded 0"),
    );
    assert.equal(ended!.evidence?.childOp, reboots[1]!.op);
    for (const { deadlineAt, asked, result } of reboots) {
      assert.deepEqual(deadlineAt, asked);
      assert.equal(result.detail, `its deadline was ${deadlineAt.toISOString()}`);
      assert.ok(Date.parse(result.finishedAt) >= deadlineAt.getTime(), "not before its time");
    }
  });
});

const inWords = (result: NodeResult | undefined) => `${result?.outcome} ${result?.reason} ${result?.attempts}`;
