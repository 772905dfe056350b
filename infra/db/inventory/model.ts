import type { InventoryKind } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** One entry of the inventory with all of its fields; null where there is nothing. */
export type InventoryEntity = Readonly<Record<string, unknown>> & { readonly name: string };

/** The whole inventory: kind → name → entry. Agents are no part of it. */
export type InventoryModel = ReadonlyMap<InventoryKind, ReadonlyMap<string, InventoryEntity>>;

/** How each kind's rows are read as entries. */
const entries = (sql: Sql): Readonly<Record<InventoryKind, ReturnType<Sql>>> => ({
  projects: sql`select name from registry.projects`,
  users: sql`
    select u.name, u.public_key as "publicKey", u.is_admin as "isAdmin", u.revoked_at is not null as "isRevoked",
           coalesce((select jsonb_object_agg(m.project, m.role) from registry.project_members m where m.user_name = u.name),
             '{}') as projects
    from registry.users u where u.kind = 'person'`,
  systems: sql`select name, version, image, boot_time_s as "bootTimeS" from registry.operating_systems`,
  nodeTypes: sql`
    select name, is_rebootable as "isRebootable", is_imageable as "isImageable", default_image as "defaultImage", settings
    from registry.node_types`,
  circuits: sql`select name, max_power_ons as "maxPowerOns", window_s as "windowS" from registry.circuits`,
  experiments: sql`select project || '/' || name as name, os from registry.experiments`,
  nodes: sql`
    select name, type, address, mac, disk, liveness, ssh_port as "sshPort", ssh_host_key as "sshHostKey", power, circuit,
           host, subnode_of as "subnodeOf", project || '/' || experiment as experiment, os, is_nonfatal as "isNonfatal"
    from registry.nodes`,
  groups: sql`select name, nodes from registry.node_groups`,
});

/** Everything that the inventory holds. */
export async function readInventoryModel(sql: Sql): Promise<InventoryModel> {
  const model = new Map<InventoryKind, ReadonlyMap<string, InventoryEntity>>();
  for (const [kind, rows] of Object.entries(entries(sql)) as [InventoryKind, ReturnType<Sql>][]) {
    const found = (await rows) as readonly InventoryEntity[];
    model.set(kind, new Map(found.map((entity) => [entity.name, { ...entity }])));
  }
  return model;
}

/** At most so many entries after a name, by name. */
export async function readInventoryPage(
  sql: Sql,
  kind: InventoryKind,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly InventoryEntity[]> {
  return sql<InventoryEntity[]>`
    select * from (${entries(sql)[kind]}) as entries where name > ${after} order by name limit ${limit}`;
}

/** Who leads which projects, and whether they are admins; undefined for a user who is not there any more. */
export async function readChanger(
  sql: Sql,
  user: string,
): Promise<{ readonly user: string; readonly isAdmin: boolean; readonly leads: readonly string[] } | undefined> {
  const [row] = await sql<{ user: string; isAdmin: boolean; leads: string[] }[]>`
    select name as "user", is_admin as "isAdmin",
           array(select project from registry.project_members m where m.user_name = u.name and m.role = 'leader') as leads
    from registry.users u where name = ${user} and kind = 'person' and revoked_at is null`;
  return row;
}

/** The newest key to which BMC passwords are sealed, if the reboot agent has told one. */
export async function readSealingKey(sql: Sql): Promise<string | undefined> {
  const [row] = await sql<{ publicKey: string }[]>`
    select public_key as "publicKey" from reboot.sealing_keys order by since desc limit 1`;
  return row?.publicKey;
}

/** The reboot agent tells the public half of its sealing key; what was sealed to others does not open any more. */
export async function publishSealingKey(sql: Sql, publicKey: string): Promise<void> {
  await sql`
    insert into reboot.sealing_keys (public_key) values (${publicKey})
    on conflict (public_key) do update set since = now()`;
}
