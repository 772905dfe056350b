import type { TestContext } from "node:test";
import { pino } from "pino";
import type { NodeResult, NodeTypeOverrides } from "../../../contracts/index.ts";
import { driveNode } from "../../../agents/reboot/drive-node.ts";
import type { Progress } from "../../../agents/reboot/progress.ts";
import { createTurns } from "../../../agents/reboot/turns.ts";
import { EndsEarly, earlyEndingBy } from "../../../agents/runtime/early-ending.ts";
import { createLedgerWriter } from "../../../agents/runtime/ledger-writer.ts";
import { RunEnds } from "../../../agents/runtime/run-ends.ts";
import {
  type EarlyEnd,
  type AdmissionRequest,
  type RunChange,
  type Sql,
  admit,
  claim,
  claimAbandoned,
  readLatestReports,
  readLoadingSubnodes,
  readOperations,
  record,
} from "../../../infra/db/index.ts";
import { createLiveness } from "../../../infra/liveness/index.ts";
import { type NodePower, createPowerDrivers } from "../../../infra/power/index.ts";
import type { DatabaseServer, TestDatabase } from "../../support/database.ts";
import { nodeOf, siteOf } from "../../support/inventory.ts";
import { admitsAll, opId, requestOf } from "../../support/ledger.ts";
import { noLeave } from "../../support/bmc-access.ts";

const op = opId(1);
const quick: NodeTypeOverrides = {
  bmcMs: 4_000,
  powerConfirmMs: 1_500,
  powerPollMs: 20,
  probeTries: 1,
  probeWithinMs: 200,
};

/** One node `pc1` in the ledger, and its drive by one replica or, after a crash, by another. */
export interface OneNode {
  readonly database: TestDatabase;
  readonly sql: Sql;
  /** The replica stops, or the lease is lost. */
  readonly ends: RunEnds;
  /** The operation is cancelled, or its deadline comes. */
  endEarly(by: EarlyEnd): void;
  /** Puts what a replica left behind when it died into the ledger: the next drive takes over from there. */
  leaveBehind(state: "leased" | "firing", progress: Partial<Progress>): Promise<void>;
  /** Claims the run and drives it until its end. `onWrite` sees each change once it is committed. */
  drive(onWrite?: (change: RunChange) => void | Promise<void>): Promise<void>;
  result(): Promise<NodeResult | null>;
  /** What stands in the ledger for whoever takes the run up next: its state, the step begun, and the last thing seen. */
  left(): Promise<{ readonly state: string; readonly begun: string | null; readonly last: unknown }>;
}

export async function oneNode(
  t: TestContext,
  databases: DatabaseServer,
  command: Pick<AdmissionRequest, "verb" | "args">,
  machine: { readonly power: NodePower },
  settings: NodeTypeOverrides = {},
): Promise<OneNode> {
  const node = nodeOf("pc1", { power: machine.power });
  const site = siteOf([node], { nodeTypes: [{ name: "pc", settings: { ...quick, ...settings } }] });
  const database = await databases.newDatabase(t, site);
  const sql = database.as("reboot");
  await admit(sql, { ...requestOf(op, ["pc1"]), ...command }, admitsAll);
  const drivers = createPowerDrivers({ access: noLeave });
  const early = new AbortController();
  const ends = new RunEnds(early.signal);
  const log = pino({ level: "silent" });
  let isTakenOver = false;

  return {
    ...{ database, sql, ends },
    endEarly(by) {
      const reason = new EndsEarly(earlyEndingBy(by, new Date()));
      early.abort(reason);
      ends.leave(reason);
    },
    async leaveBehind(state, progress) {
      await claim(sql, "dead", 1);
      const whole: Progress = { startedAt: new Date().toISOString(), seen: [], ...progress };
      await record(sql, "dead", [{ op, node: "pc1", fence: 1, state, progress: whole }]);
      await database.owner`update reboot.node_runs set lease_until = now() - interval '1 s'`;
      isTakenOver = true;
    },
    async drive(onWrite) {
      const [run] = await (isTakenOver ? claimAbandoned : claim)(sql, "alive", 1);
      const [operation] = await readOperations(sql, [op]);
      const writer = createLedgerWriter({ sql, urgentSql: sql, owner: "alive", log, onRecorded: () => undefined });
      const states = { latest: async (name: string) => (await readLatestReports(sql, [name]))[0] };
      await driveNode(Object.assign(ends, run!, { operation: operation! }), {
        // No test here opens an ssh session, wakes a node or awaits a boot.
        tools: {
          liveness: createLiveness(),
          turns: createTurns(sql),
          states: states as never,
          loadingSubnodes: (name) => readLoadingSubnodes(sql, name),
          ssh: undefined as never,
          waker: undefined as never,
        },
        drivers,
        write: async (change) => {
          const written = await writer.write(change);
          await onWrite?.(change);
          return written;
        },
        tell: () => undefined,
        observeStep: () => undefined,
        onPostponed: () => undefined,
        isOverFailures: () => false,
      });
    },
    async left() {
      const [row] = await sql<{ state: string; begun: string | null; last: unknown }[]>`
        select state, progress->>'begun' as begun, progress->'seen'->-1 as last from reboot.node_runs`;
      return { ...row! };
    },
    async result() {
      const [row] = await sql<{ result: NodeResult | null }[]>`select result from reboot.node_runs`;
      return row?.result ?? null;
    },
  };
}
