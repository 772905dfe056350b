import { type ImageSummary, type ImagesAnswer, type ImagesQuery, maxPageRows } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

interface ImageRow extends Omit<ImageSummary, "addedAt" | OptionalColumn> {
  readonly addedAt: Date;
  readonly project: string | null;
  readonly detail: string | null;
  readonly progress: number | null;
  readonly rawBytes: number | null;
  readonly fileBytes: number | null;
  readonly sha256: string | null;
  readonly partition: number | null;
  readonly maxConcurrentLoads: number | null;
}
type OptionalColumn =
  "project" | "detail" | "progress" | "rawBytes" | "fileBytes" | "sha256" | "partition" | "maxConcurrentLoads";

/** Whether `user` may load an image: public ones, those of their projects, and all for an admin. */
function mayLoad(sql: Sql, user: string) {
  return sql`(i.visibility = 'public'
    or i.project in (select project from registry.project_members where user_name = ${user})
    or exists (select from registry.users u where u.name = ${user} and u.is_admin and u.revoked_at is null))`;
}

/** One page of the images that `user` may load, by name. */
export async function readImages(sql: Sql, query: ImagesQuery, user: string): Promise<ImagesAnswer> {
  const rows = await sql<ImageRow[]>`
    select name as image, project, visibility, state, detail, progress, raw_bytes::float8 as "rawBytes",
           file_bytes::float8 as "fileBytes", raw_sha256 as sha256, target_partition as partition,
           max_concurrent_loads as "maxConcurrentLoads", added_by as "addedBy", added_at as "addedAt"
    from reload.images i
    where ${mayLoad(sql, user)} and name > ${query.after ?? ""}
          ${query.image === undefined ? sql`` : sql`and name = ${query.image}`}
    order by name limit ${maxPageRows}`;
  const last = rows.length === maxPageRows ? rows.at(-1)?.image : undefined;
  return { images: rows.map(summaryOf), ...(last === undefined ? {} : { next: last }) };
}

function summaryOf({ addedAt, ...row }: ImageRow): ImageSummary {
  const known = Object.entries(row).filter(([, value]) => value !== null);
  return { ...(Object.fromEntries(known) as Omit<ImageSummary, "addedAt">), addedAt: addedAt.toISOString() };
}
