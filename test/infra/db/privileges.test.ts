import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentName } from "../../../contracts/index.ts";
import type { Sql } from "../../../infra/db/index.ts";
import { databaseServer } from "../../support/database.ts";
import { fleetOf, inLab, siteOf } from "../../support/inventory.ts";
import { admitNodes, opId } from "../../support/ledger.ts";

const databases = databaseServer();
const insufficientPrivilege = "42501";

const insertCredential =
  "insert into registry.bmc_credentials (node, sealed_password) values ('pc2', 'sealed') returning node";
const updateCredential = "update registry.bmc_credentials set sealed_password = 'other' where node = 'pc1'";
const insertOperation =
  "insert into reboot.operations (op, verb, user_name, args, expires_at) values ('x', 'reboot', 'ann', '{}', now())";
const insertReport = "insert into boot.state_reports (node, state, reported_by) values ('pc1', 'ISUP', 'address')";
const insertLock = "insert into ledger.node_locks (node, root_op, holder, fence) values ('pc2', 'x', 'y', 1)";
const acquire = "select * from ledger.acquire_locks('x', 'x', '{pc3}')";
const forgetReports = "select boot.forget_reports(1, 10)";
const makeAdmin = "update registry.users set is_admin = true where name = 'ann'";

/** What each role may do, and what it may not: statements, each on a database of nodes, a lock, a run and a password. */
const table: Readonly<Record<AgentName, { readonly may: readonly string[]; readonly mayNot: readonly string[] }>> = {
  reboot: {
    may: [
      "select sealed_password from registry.bmc_credentials",
      "select * from registry.nodes, registry.users",
      insertOperation,
      "update reboot.node_runs set progress = '{}'",
      "select * from boot.state_reports",
      "select node, boot, op, unattended_until from reload.boot_selections",
      "select * from ledger.node_locks, ledger.child_locks",
      "insert into reboot.consoles (node, op, text) values ('pc1', 'x', 'login:')",
      "insert into reboot.sealing_keys (public_key) values ('x')",
      acquire,
    ],
    mayNot: [
      updateCredential,
      makeAdmin,
      "update registry.nodes set project = null",
      "delete from registry.freed_nodes",
      "select plan from reload.boot_selections",
      "update reload.boot_selections set boot = 'disk'",
      "insert into registry.node_history (node, at, state, is_expected, reported_by, report_id) values ('pc1', now(), 'ISUP', true, 'address', 1)",
      insertReport,
      insertLock,
      "delete from ledger.node_locks",
      "update ledger.node_locks set root_op = 'x'",
      "select nextval('ledger.fences')",
      forgetReports,
    ],
  },
  registry: {
    may: [
      insertCredential,
      updateCredential,
      "select node from registry.bmc_credentials",
      makeAdmin,
      "delete from registry.project_members",
      "delete from registry.freed_nodes",
      "select * from reboot.sealing_keys",
      "select * from reboot.operations, reboot.node_runs, ledger.node_locks, boot.state_reports",
      forgetReports,
    ],
    mayNot: [
      "select sealed_password from registry.bmc_credentials",
      "select * from registry.bmc_credentials",
      `${insertCredential}, sealed_password`,
      "update registry.bmc_credentials set sealed_password = sealed_password || 'x'",
      insertOperation,
      "update reboot.node_runs set state = 'done'",
      "select * from reboot.power_stamps",
      "select * from reboot.consoles",
      "insert into reboot.sealing_keys (public_key) values ('mine')",
      insertReport,
      "delete from boot.state_reports",
      acquire,
      "select ledger.release_locks('x', '{pc1}')",
      insertLock,
    ],
  },
  boot: {
    may: [
      "select name, address, mac, type from registry.nodes",
      "select name, settings from registry.node_types",
      "select * from reload.boot_selections, registry.agent_keys",
      "delete from boot.ramdisk_boots",
      insertReport,
      "select * from boot.state_reports",
    ],
    mayNot: [
      "update reload.boot_selections set boot = 'disk'",
      "select added_by from reload.images",
      "select op from reload.operations",
      "select * from registry.nodes",
      "select power from registry.nodes",
      "select project from registry.nodes",
      "select name from registry.users",
      "select node from registry.bmc_credentials",
      "select op from reboot.operations",
      "select node from ledger.node_locks",
      "update boot.state_reports set state = 'ISUP'",
      "delete from boot.state_reports",
      forgetReports,
      acquire,
    ],
  },
  reload: {
    may: [
      "insert into reload.images (name, visibility, state, added_by) values ('x', 'public', 'adding', 'ann')",
      "insert into reload.boot_selections (node, boot) values ('pc1', 'loader')",
      "select * from reload.operations, reload.node_runs, reload.child_operations, boot.boot_logs",
      "select * from registry.nodes, registry.users",
      acquire,
      "select * from boot.state_reports, ledger.node_locks, reboot.consoles",
    ],
    mayNot: [
      insertOperation,
      "select * from reboot.operations",
      "insert into reboot.consoles (node, op, text) values ('pc1', 'x', 'all is well')",
      "update reboot.node_runs set state = 'done'",
      "update setup.allocation_states set state = 'ready'",
      "select token_sha256 from boot.ramdisk_boots",
      "select node from registry.bmc_credentials",
      "delete from ledger.node_locks",
      makeAdmin,
      insertReport,
      forgetReports,
    ],
  },
  setup: {
    may: [
      "select * from registry.nodes, registry.experiments",
      "select * from reload.images, reload.node_disks",
      "select node, boot from reload.boot_selections",
      "select * from registry.freed_nodes, registry.operating_systems, registry.node_states",
      "update setup.allocation_states set state = 'ready'",
      acquire,
    ],
    mayNot: [
      insertOperation,
      "update reload.boot_selections set boot = 'disk'",
      "update reload.node_disks set op = null",
      "delete from registry.freed_nodes",
      "select node from registry.bmc_credentials",
      insertLock,
      makeAdmin,
      insertReport,
      forgetReports,
    ],
  },
  gateway: {
    may: ["select 1"],
    mayNot: [
      "select name from registry.nodes",
      "select name from registry.users",
      "select op from reboot.operations",
      "select node from ledger.node_locks",
      acquire,
      insertReport,
    ],
  },
};

/** What nobody may: to make things, to become somebody else, to read the server's own secrets. */
const nobodyMay = [
  "create table public.mine (n int)",
  "create table registry.mine (n int)",
  "create schema mine",
  "create role mine",
  'set role "postgres"',
  'alter role "reveille-reboot" superuser',
  "select rolpassword from pg_authid",
  "copy registry.nodes to program 'true'",
  "select pg_read_file('/etc/hostname')",
  "truncate registry.nodes",
  "drop table ledger.node_locks",
];

/** Tries a statement and undoes it; the SQLSTATE, or undefined if it went through. */
async function tryOut(sql: Sql, statement: string): Promise<string | undefined> {
  const undone = new Error("undone");
  try {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(statement);
      throw undone;
    });
  } catch (error) {
    return error === undone ? undefined : (error as { code?: string }).code;
  }
  return undefined;
}

for (const [role, { may, mayNot }] of Object.entries(table) as [AgentName, (typeof table)["boot"]][]) {
  test(`the role of ${role} may do its work, and nothing else`, async (t) => {
    const bmcCredentials = [{ node: "pc1", sealedPassword: "sealed" }];
    const database = await databases.newDatabase(t, siteOf(fleetOf(3, inLab), { bmcCredentials }));
    await admitNodes(database.as("reboot"), opId(1), ["pc1"]);
    const sql = database.as(role);
    for (const statement of may) assert.equal(await tryOut(sql, statement), undefined, `may: ${statement}`);
    for (const statement of [...mayNot, ...nobodyMay]) {
      assert.equal(await tryOut(sql, statement), insufficientPrivilege, `may not: ${statement}`);
    }
  });
}

test("an agent lets go of its own locks alone", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  await admitNodes(database.as("reboot"), opId(1), ["pc1", "pc2"]);
  const release = (agent: AgentName, root: string, nodes: string[]) =>
    database.as(agent)<{ released: number }[]>`select ledger.release_locks(${root}, ${nodes}) as released`;
  assert.deepEqual(await release("reload", opId(1), ["pc1", "pc2"]).then(([row]) => row?.released), 0);
  assert.deepEqual(await release("reboot", opId(2), ["pc1"]).then(([row]) => row?.released), 0);
  assert.deepEqual(await release("reboot", opId(1), ["pc1", "nope"]).then(([row]) => row?.released), 1);
  const left = await database.owner<{ node: string }[]>`select node from ledger.node_locks`;
  assert.deepEqual(
    left.map(({ node }) => node),
    ["pc2"],
  );
});

test("functions with their owner's rights do not follow the caller's search path", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const rows = await database.owner<{ name: string; config: string[] | null }[]>`
    select proname as name, proconfig as config from pg_proc
    where prosecdef or pronamespace in ('ledger'::regnamespace, 'reboot'::regnamespace)`;
  assert.ok(rows.length >= 2);
  for (const { name, config } of rows) assert.deepEqual(config, ["search_path=pg_catalog, pg_temp"], name);
});
