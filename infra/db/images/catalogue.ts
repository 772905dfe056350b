import type { ProjectRole } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import type { ImageRow } from "./rows.ts";
import { countLoads, readNamers } from "./usage.ts";

/** Who asks for a change of the images: a person who is known. */
export interface ImageAsker {
  readonly user: string;
  readonly isAdmin: boolean;
  readonly roles: Readonly<Record<string, ProjectRole>>;
}

export async function readImageAsker(sql: Sql, user: string): Promise<ImageAsker | undefined> {
  const [asker] = await sql<ImageAsker[]>`
    select name as "user", is_admin as "isAdmin",
           (select coalesce(jsonb_object_agg(project, role), '{}') from registry.project_members m
            where m.user_name = u.name) as roles
    from registry.users u where name = ${user} and kind = 'person' and revoked_at is null`;
  return asker;
}

export async function isProjectKnown(sql: Sql, project: string): Promise<boolean> {
  return (await sql`select from registry.projects where name = ${project}`).count > 0;
}

/** What is said of an image when it is added, before anything is known of its bytes. */
export type AddedImage = Pick<ImageRow, "image" | "project" | "visibility" | "partition" | "maxConcurrentLoads"> & {
  readonly addedBy: string;
};

/** Writes that an image is being added: it cannot be loaded before `finishImage`. Whoever calls holds the image's lock. */
export async function beginImage(sql: Sql, added: AddedImage): Promise<void> {
  const row = { ...columnsOf(added), state: "adding", progress: 0 };
  await sql`insert into images ${sql(row)} on conflict (name) do update set ${sql(row)}`;
}

/** How much of the raw image was read, 0 to 1. */
export async function noteImageProgress(sql: Sql, image: string, progress: number): Promise<void> {
  await sql`update images set progress = ${progress} where name = ${image} and state = 'adding'`;
}

/** What of an image is known once it was captured. */
export type CapturedImage = { readonly [K in CapturedColumn]: NonNullable<ImageRow[K]> };
type CapturedColumn =
  "rawBytes" | "fileBytes" | "fileModifiedMs" | "fileSha256" | "manifestSha256" | "rawSha256" | "partitions";

/** The image can be loaded from now on. */
export async function finishImage(sql: Sql, added: AddedImage, captured: CapturedImage): Promise<void> {
  const { rawBytes, fileBytes, fileModifiedMs, fileSha256, manifestSha256, rawSha256, partitions } = captured;
  await sql`
    update images set ${sql({ ...columnsOf(added), state: "ready", progress: null, detail: null })},
      raw_bytes = ${rawBytes}, file_bytes = ${fileBytes}, file_modified_ms = ${fileModifiedMs},
      file_sha256 = ${fileSha256}, manifest_sha256 = ${manifestSha256}, raw_sha256 = ${rawSha256},
      partitions = ${sql.json(partitions)}
    where name = ${added.image}`;
}

/** Writes who may load an image, and how many nodes at one time. Whoever calls holds the image's lock. */
export async function setImage(
  sql: Sql,
  { image, visibility, maxConcurrentLoads }: Pick<ImageRow, "image" | "visibility" | "maxConcurrentLoads">,
): Promise<void> {
  await sql`
    update images set visibility = ${visibility}, max_concurrent_loads = ${maxConcurrentLoads} where name = ${image}`;
}

/** An image that was being added could not be made. */
export async function failImage(sql: Sql, image: string, detail: string): Promise<void> {
  await sql`
    update images set state = 'failed', progress = null, detail = ${detail} where name = ${image} and state = 'adding'`;
}

/** What keeps an image from being taken away. */
export interface ImageUse {
  /** Nodes that load it, or were told to. */
  readonly loads: number;
  /** Who counts on it, for a person: `node type pc`, `OS ubuntu-24.04`. */
  readonly namedBy: readonly string[];
}

/** Says of a ready image that it is being added anew, unless nodes load it: then it stays as it is. */
export async function beginReplacement(sql: Sql, image: string): Promise<Pick<ImageUse, "loads">> {
  return sql.begin(async (tx) => {
    const loads = await lockAndCount(tx as unknown as Sql, image);
    if (loads === 0) await tx`update images set state = 'adding', progress = 1 where name = ${image}`;
    return { loads };
  });
}

/** Forgets an image, unless it is used. No command that comes later can name it; its files are the caller's to remove. */
export async function forgetImage(sql: Sql, image: string): Promise<ImageUse> {
  return sql.begin(async (tx) => {
    const loads = await lockAndCount(tx as unknown as Sql, image);
    const namedBy = await readNamers(tx as unknown as Sql, image);
    if (loads === 0 && namedBy.length === 0) await tx`delete from images where name = ${image}`;
    return { loads, namedBy };
  });
}

/** Admissions that name the image lock its row, too: those that came first are counted, those that come later see what we do. */
async function lockAndCount(tx: Sql, image: string): Promise<number> {
  await tx`select from images where name = ${image} for update`;
  return (await countLoads(tx, [image], { locks: false })).get(image) ?? 0;
}

/** Fails images that are being added by nobody any more: whoever did was killed. Gives their names. */
export async function failAbandonedImages(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    with adding as materialized (select name from images where state = 'adding'),
    abandoned as materialized (
      select name from adding where pg_try_advisory_xact_lock(hashtextextended('reload.image:' || name, 0)))
    update images i set state = 'failed', progress = null, detail = 'the agent that added it was stopped half-way'
    from abandoned a where i.name = a.name and i.state = 'adding' returning i.name`;
  return rows.map(({ name }) => name);
}

function columnsOf({ image, project, visibility, partition, maxConcurrentLoads, addedBy }: AddedImage) {
  return {
    ...{ name: image, project, visibility, detail: null, added_by: addedBy, added_at: new Date() },
    ...{ target_partition: partition, max_concurrent_loads: maxConcurrentLoads },
  };
}
