import type { NodeState, NodeTypeOverrides } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import { bootImageOf } from "../loads/boot-image.ts";

/** What is recorded of the nodes of an experiment, what its names of OSes stand for, and the images that `user` may load. */
export interface ExperimentRecords {
  readonly nodes: readonly {
    readonly node: string;
    readonly host: string | null;
    readonly subnodeOf: string | null;
    readonly isImageable: boolean;
    readonly settings: NodeTypeOverrides;
    readonly os: string | null;
    readonly isNonfatal: boolean;
    readonly state: NodeState | null;
    readonly wasLoaded: boolean;
    /** See `bootImageOf`. */
    readonly bootImage: string | null;
    readonly allocation: "setting-up" | "ready" | "down" | "dirty" | null;
  }[];
  readonly systems: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly image: string | null;
    readonly bootTimeS: number | null;
  }[];
  /** Name to the bytes of the file. */
  readonly images: readonly { readonly image: string; readonly fileBytes: number }[];
}

/** Reads all that a setup is planned by, in the admitting transaction. */
export async function readExperimentRecords(tx: Sql, experiment: string, user: string): Promise<ExperimentRecords> {
  const [project = "", name = ""] = experiment.split("/");
  const nodes = await tx<ExperimentRecords["nodes"][number][]>`
    select n.name as node, n.host, n.subnode_of as "subnodeOf", t.is_imageable as "isImageable", t.settings, coalesce(n.os, e.os) as os,
           n.is_nonfatal as "isNonfatal", s.state, d.node is not null as "wasLoaded",
           ${bootImageOf(tx)} as "bootImage",
           case when o.args->>'experiment' = ${experiment} then a.state end as allocation
    from registry.nodes n join registry.node_types t on t.name = n.type
         join registry.experiments e on e.project = n.project and e.name = n.experiment
         left join registry.node_states s on s.node = n.name
         left join reload.node_disks d on d.node = n.name
         left join reload.boot_selections b on b.node = n.name
         left join setup.allocation_states a on a.node = n.name
         left join setup.operations o on o.op = a.op
    where n.project = ${project} and n.experiment = ${name}`;
  const systems = await tx<ExperimentRecords["systems"][number][]>`
    select name, version, image, boot_time_s as "bootTimeS" from registry.operating_systems`;
  const images = await tx<ExperimentRecords["images"][number][]>`
    select name as image, coalesce(file_bytes, 0)::float8 as "fileBytes" from reload.images i
    where state = 'ready' and (visibility = 'public'
      or project in (select m.project from registry.project_members m where m.user_name = ${user})
      or exists (select from registry.users u where u.name = ${user} and u.is_admin))`;
  return { nodes: [...nodes], systems: [...systems], images: [...images] };
}
