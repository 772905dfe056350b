import type { BootPlan, LoadedImage, Partition, Transport } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** A claim of a node run: whoever does not have it any more changes nothing. */
interface Claim {
  readonly op: string;
  readonly node: string;
  readonly fence: number;
}

/** What a node shall load when it next boots. */
export interface Arming extends Claim {
  readonly loadId: string;
  readonly plan: BootPlan;
  /** How long it may take, seconds, if the node is restarted now and nobody waits for it; null if somebody does, or restarts it later. */
  readonly unattendedS: number | null;
  /** The image to go back to when the node is freed. */
  readonly defaultImage: string | null;
}

/** Selects the loader for nodes, and remembers what they go back to; gives the nodes whose run is still the asker's. */
export async function armLoads(sql: Sql, armings: readonly Arming[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ node: string }[]>`
    with wanted as materialized (
      select w.* from jsonb_to_recordset(${JSON.stringify(armings)}::text::jsonb)
        as w(op text, node text, fence int, "loadId" text, plan jsonb, "unattendedS" float8, "defaultImage" text)
        join node_runs r on r.op = w.op and r.node = w.node and r.fence = w.fence and r.state = 'leased'
    ), remembered as (
      insert into node_disks (node, images, partitions, default_image)
      select node, '[]', '[]', "defaultImage" from wanted
      on conflict (node) do update set default_image = excluded.default_image
    )
    insert into boot_selections (node, boot, op, load_id, plan, unattended_until, changed_at)
    select node, 'loader', op, "loadId", plan, clock_timestamp() + make_interval(secs => "unattendedS"), clock_timestamp()
    from wanted
    on conflict (node) do update
    set boot = 'loader', op = excluded.op, load_id = excluded.load_id, plan = excluded.plan,
        unattended_until = excluded.unattended_until, changed_at = excluded.changed_at
    returning node`;
  return new Set(rows.map(({ node }) => node));
}

/** A load that a node has begun or ended, named by its id: what was armed since is another's, and stays. */
export interface LoadOfNode {
  readonly node: string;
  readonly loadId: string;
}

/** By what an image of a load comes. */
export interface TransportChoice extends LoadOfNode {
  readonly image: string;
  readonly transport: Transport;
}

/**
 * Writes the choices, one of each load, into the plans that have none yet of the image, and gives their nodes; another's load, and
 * a choice that was made, stay as they are.
 */
export async function chooseTransports(sql: Sql, choices: readonly TransportChoice[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ node: string }[]>`
    with open as (
      select s.node, s.load_id, c.transport, array['images', (i.number - 1)::text, 'transport'] as path
      from jsonb_to_recordset(${JSON.stringify(choices)}::text::jsonb)
          as c(node text, "loadId" text, image text, transport jsonb)
        join boot_selections s on s.node = c.node and s.load_id = c."loadId"
        cross join lateral jsonb_array_elements(s.plan -> 'images') with ordinality as i(planned, number)
      where i.planned ->> 'image' = c.image and not i.planned ? 'transport'
    )
    update boot_selections s set plan = jsonb_set(s.plan, open.path, open.transport), changed_at = clock_timestamp()
    from open
    where s.node = open.node and s.load_id = open.load_id and s.boot = 'loader' and s.plan #> open.path is null
    returning s.node`;
  return new Set(rows.map(({ node }) => node));
}

/** The nodes of these loads are being written to: nobody can say what is on their disks. */
export async function clearDisks(sql: Sql, loads: readonly LoadOfNode[]): Promise<void> {
  await sql`
    update node_disks d set images = '[]', partitions = '[]', loaded_at = null, op = s.op
    from jsonb_to_recordset(${JSON.stringify(loads)}::text::jsonb) as l(node text, "loadId" text)
      join boot_selections s on s.node = l.node and s.load_id = l."loadId"
    where d.node = l.node`;
}

/** A load that was carried out and whose digests were found right. */
export interface ConcludedLoad extends LoadOfNode {
  readonly images: readonly LoadedImage[];
  /** Of the disk; null if no image of the load brought a partition table, so that the one before stands. */
  readonly partitions: readonly Partition[] | null;
}

/** Records what is on the disks, and lets the nodes boot from them. */
export async function concludeLoads(sql: Sql, loads: readonly ConcludedLoad[]): Promise<void> {
  await sql`
    with done as materialized (
      update boot_selections s set boot = 'disk', plan = null, changed_at = clock_timestamp()
      from jsonb_to_recordset(${JSON.stringify(loads)}::text::jsonb)
        as l(node text, "loadId" text, images jsonb, partitions jsonb)
      where s.node = l.node and s.load_id = l."loadId"
      returning s.node, s.op, l.images, l.partitions
    )
    insert into node_disks (node, images, partitions, loaded_at, op)
    select node, images, coalesce(partitions, '[]'), clock_timestamp(), op from done
    on conflict (node) do update
    set images = excluded.images, loaded_at = excluded.loaded_at, op = excluded.op,
        partitions = case when (select partitions from done where done.node = node_disks.node) is null
          then node_disks.partitions else excluded.partitions end`;
}

/** Lets the nodes boot from their disks, whatever is on them: their loads were given up. */
export async function disarmLoads(sql: Sql, loads: readonly LoadOfNode[]): Promise<void> {
  await sql`
    update boot_selections s set boot = 'disk', plan = null, changed_at = clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(loads)}::text::jsonb) as l(node text, "loadId" text)
    where s.node = l.node and s.load_id = l."loadId" and s.boot = 'loader'`;
}
