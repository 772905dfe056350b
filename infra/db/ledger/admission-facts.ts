import type { Sql } from "../connect.ts";
import { type AdmissionFacts, type AdmissionRequest, type NodeFacts, Refused, type UserFacts } from "./admission.ts";

/** Reads what the site knows of whoever asks and of what they ask for. Throws Refused for a user who is gone. */
export async function readFacts(tx: Sql, request: AdmissionRequest): Promise<AdmissionFacts> {
  const { selection } = request;
  const [user] = await tx<UserFacts[]>`
    select name as "user", kind, is_admin as "isAdmin",
           array(select project from registry.project_members m where m.user_name = u.name) as projects
    from registry.users u where name = ${request.user} and revoked_at is null`;
  if (!user) throw new Refused("permission-denied", `user ${request.user} is not known to this site any more`);
  const names = [...new Set((selection.nodelist ?? []).map((name) => name.toLowerCase()))];
  const [project = "", experiment = ""] = (selection.experiment ?? "").split("/");
  const chosen = selection.nodelist
    ? tx`n.name = any(${names})`
    : selection.experiment
      ? tx`n.project = ${project} and n.experiment = ${experiment}`
      : tx`n.project is null`;
  const nodes = await tx<NodeFacts[]>`
    select n.name as node, t.is_rebootable as "isRebootable", t.is_imageable as "isImageable",
           t.default_image as "defaultImage", t.settings, n.project, n.host, n.mac, n.disk,
           exists (select from registry.freed_nodes f where f.node = n.name) as "isFreed"
    from registry.nodes n join registry.node_types t on t.name = n.type
    where ${chosen}`;
  const known = new Set(nodes.map(({ node }) => node));
  const isExperimentKnown =
    selection.experiment === undefined ||
    (await tx`select from registry.experiments where project = ${project} and name = ${experiment}`).count > 0;
  return { user, nodes, unknown: names.filter((name) => !known.has(name)), isExperimentKnown };
}
