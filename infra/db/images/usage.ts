import type { Sql } from "../connect.ts";

/** Whether an active node run of the reload agent loads image `i`: by name, or as the default image of the node's type. */
const loadsIt = (sql: Sql) => sql`
  (o.args->>'imageid' = i.name or o.args->'images' ? i.name
   or (not o.args ?| array['imageid', 'images'] and t.default_image = i.name))`;

/**
 * How many nodes load each image: node runs that have not ended, and nodes that were told to load it by an operation that
 * did not wait for them. With `locks`, images with a limit stay locked until the transaction ends, so that two
 * operations cannot both take the last place, and the others so that they are not taken away.
 */
export async function countLoads(
  tx: Sql,
  images: readonly string[],
  options: { readonly locks: boolean },
): Promise<ReadonlyMap<string, number>> {
  const names = images as string[];
  if (options.locks) {
    await tx`
      select from images where name = any(${names}) and max_concurrent_loads is not null order by name for update`;
    await tx`select from images where name = any(${names}) order by name for key share`;
  }
  const rows = await tx<{ image: string; loads: number }[]>`
    select i.name as image, (
      (select count(*) from node_runs r join operations o on o.op = r.op
         join registry.nodes n on n.name = r.node join registry.node_types t on t.name = n.type
       where r.state <> 'done' and o.finished_at is null and ${loadsIt(tx)})
      + (select count(*) from boot_selections s left join node_runs r on r.op = s.op and r.node = s.node
         where s.boot = 'loader' and (r.state is null or r.state = 'done')
               and s.plan->'images' @> jsonb_build_array(jsonb_build_object('image', i.name)))
    )::int as loads
    from images i where i.name = any(${names})`;
  return new Map(rows.map(({ image, loads }) => [image, loads]));
}

/**
 * What of the inventory names an image: node types whose default it is, OSes that it holds, free nodes that are to be loaded
 * with it, and experiments and nodes that want an OS of its name where no OS is called so.
 */
export async function readNamers(tx: Sql, image: string): Promise<readonly string[]> {
  const rows = await tx<{ namer: string }[]>`
    with wanted as (select not exists (select from registry.operating_systems where name = ${image}) as "byName")
    select namer from (
      select 1 as rank, 'node type ' || name as namer from registry.node_types where default_image = ${image}
      union all select 2, 'OS ' || name from registry.operating_systems where image = ${image}
      union all select 3, 'experiment ' || project || '/' || name from registry.experiments, wanted
        where os = ${image} and "byName"
      union all select 4, 'node ' || name from registry.nodes, wanted where os = ${image} and "byName"
      union all select 5, 'the free node ' || node from registry.freed_nodes where image = ${image}
    ) as n order by rank, namer`;
  return rows.map(({ namer }) => namer);
}
