import type { InventoryDifference, InventoryKind } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import type { InventoryEntity, InventoryModel } from "./model.ts";

/** Rows as one JSON parameter: no statement has a number of parameters that grows with the fleet. */
const json = (rows: unknown) => JSON.stringify(rows);

/** How the entries of each kind are written over what has their name. */
const writers: Readonly<Record<InventoryKind, (tx: Sql, rows: readonly InventoryEntity[]) => Promise<unknown>>> = {
  projects: (tx, rows) => tx`
    insert into registry.projects (name)
    select name from jsonb_to_recordset(${json(rows)}::text::jsonb) as r(name text) on conflict do nothing`,
  users: async (tx, rows) => {
    await tx`
      insert into registry.users (name, kind, public_key, is_admin, revoked_at)
      select name, 'person', "publicKey", "isAdmin", case when "isRevoked" then now() end
      from jsonb_to_recordset(${json(rows)}::text::jsonb)
        as r(name text, "publicKey" text, "isAdmin" boolean, "isRevoked" boolean)
      on conflict (name) do update set public_key = excluded.public_key, is_admin = excluded.is_admin,
        revoked_at = case when excluded.revoked_at is null then null else coalesce(users.revoked_at, excluded.revoked_at) end
      where users.kind = 'person'`;
    const names = rows.map(({ name }) => name);
    await tx`delete from registry.project_members where user_name = any(${names})`;
    await tx`
      insert into registry.project_members (user_name, project, role)
      select r.name, p.key, p.value from jsonb_to_recordset(${json(rows)}::text::jsonb) as r(name text, projects jsonb),
        jsonb_each_text(r.projects) as p`;
  },
  systems: (tx, rows) => tx`
    insert into registry.operating_systems (name, version, image, boot_time_s)
    select name, version, image, "bootTimeS" from jsonb_to_recordset(${json(rows)}::text::jsonb)
      as r(name text, version text, image text, "bootTimeS" int)
    on conflict (name) do update set version = excluded.version, image = excluded.image, boot_time_s = excluded.boot_time_s`,
  nodeTypes: (tx, rows) => tx`
    insert into registry.node_types (name, is_rebootable, is_imageable, default_image, settings)
    select name, "isRebootable", "isImageable", "defaultImage", settings
    from jsonb_to_recordset(${json(rows)}::text::jsonb)
      as r(name text, "isRebootable" boolean, "isImageable" boolean, "defaultImage" text, settings jsonb)
    on conflict (name) do update set is_rebootable = excluded.is_rebootable, is_imageable = excluded.is_imageable,
      default_image = excluded.default_image, settings = excluded.settings`,
  circuits: (tx, rows) => tx`
    insert into registry.circuits (name, max_power_ons, window_s)
    select name, "maxPowerOns", "windowS" from jsonb_to_recordset(${json(rows)}::text::jsonb)
      as r(name text, "maxPowerOns" int, "windowS" float8)
    on conflict (name) do update set max_power_ons = excluded.max_power_ons, window_s = excluded.window_s`,
  experiments: (tx, rows) => tx`
    insert into registry.experiments (project, name, os)
    select split_part(name, '/', 1), split_part(name, '/', 2), os
    from jsonb_to_recordset(${json(rows)}::text::jsonb) as r(name text, os text)
    on conflict (project, name) do update set os = excluded.os`,
  nodes: async (tx, rows) => {
    // Two nodes may change their MAC addresses for each other's; uniqueness is looked at row by row.
    await tx`update registry.nodes set mac = null where mac is not null and name = any(${rows.map(({ name }) => name)})`;
    await tx`
      insert into registry.nodes (name, type, address, mac, disk, liveness, ssh_port, ssh_host_key, power, circuit, host,
        subnode_of, project, experiment, os, is_nonfatal)
      select name, type, address, mac, disk, liveness, "sshPort", "sshHostKey", power, circuit, host, "subnodeOf",
        nullif(split_part(experiment, '/', 1), ''), nullif(split_part(experiment, '/', 2), ''), os, "isNonfatal"
      from jsonb_to_recordset(${json(rows)}::text::jsonb)
        as r(name text, type text, address text, mac text, disk text, liveness text, "sshPort" int, "sshHostKey" text,
             power jsonb, circuit text, host text, "subnodeOf" text, experiment text, os text, "isNonfatal" boolean)
      on conflict (name) do update set type = excluded.type, address = excluded.address, mac = excluded.mac,
        disk = excluded.disk, liveness = excluded.liveness, ssh_port = excluded.ssh_port,
        ssh_host_key = excluded.ssh_host_key, power = excluded.power, circuit = excluded.circuit, host = excluded.host,
        subnode_of = excluded.subnode_of, project = excluded.project, experiment = excluded.experiment, os = excluded.os,
        is_nonfatal = excluded.is_nonfatal`;
  },
  groups: (tx, rows) => tx`
    insert into registry.node_groups (name, nodes)
    select name, array(select jsonb_array_elements_text(nodes)) from jsonb_to_recordset(${json(rows)}::text::jsonb)
      as r(name text, nodes jsonb)
    on conflict (name) do update set nodes = excluded.nodes`,
};

/** How entries of each kind are removed, with what hangs on them. */
const removers: Readonly<Record<InventoryKind, (tx: Sql, names: string[]) => Promise<unknown>>> = {
  projects: (tx, names) => tx`delete from registry.projects where name = any(${names})`,
  users: async (tx, names) => {
    await tx`delete from registry.project_members where user_name = any(${names})`;
    await tx`delete from registry.users where kind = 'person' and name = any(${names})`;
  },
  systems: (tx, names) => tx`delete from registry.operating_systems where name = any(${names})`,
  nodeTypes: (tx, names) => tx`delete from registry.node_types where name = any(${names})`,
  circuits: (tx, names) => tx`delete from registry.circuits where name = any(${names})`,
  experiments: (tx, names) => tx`delete from registry.experiments where project || '/' || name = any(${names})`,
  nodes: async (tx, names) => {
    await tx`delete from registry.node_history where node = any(${names})`;
    await tx`delete from registry.node_states where node = any(${names})`;
    await tx`delete from registry.bmc_credentials where node = any(${names})`;
    await tx`delete from registry.freed_nodes where node = any(${names})`;
    await tx`delete from registry.nodes where name = any(${names})`;
  },
  groups: (tx, names) => tx`delete from registry.node_groups where name = any(${names})`,
};

/** Writes what differs, and nothing else: first what is added or changed, in the order of the kinds, then what goes, in the other. */
export async function writeDifferences(
  tx: Sql,
  differences: readonly InventoryDifference[],
  next: InventoryModel,
  sealedPasswords: ReadonlyMap<string, string>,
): Promise<void> {
  const kinds = [...next.keys()];
  for (const kind of kinds) {
    const rows = differences.flatMap((difference) => {
      const entity = difference.kind === kind ? next.get(kind)?.get(difference.name) : undefined;
      return entity ? [entity] : [];
    });
    if (rows.length > 0) await writers[kind](tx, rows);
  }
  for (const kind of kinds.reverse()) {
    const names = differences.filter((one) => one.kind === kind && one.change === "removed").map(({ name }) => name);
    if (names.length > 0) await removers[kind](tx, names);
  }
  if (sealedPasswords.size === 0) return;
  const rows = [...sealedPasswords].map(([node, sealed]) => ({ node, sealed }));
  // No upsert: what stands there may be written and not read, not even by the server on our behalf.
  await tx`delete from registry.bmc_credentials where node = any(${rows.map(({ node }) => node)})`;
  await tx`
    insert into registry.bmc_credentials (node, sealed_password)
    select node, sealed from jsonb_to_recordset(${json(rows)}::text::jsonb) as r(node text, sealed text)`;
}
