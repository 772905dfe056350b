import type { ImageVisibility, Partition } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** An image as the reload agent keeps it; what is only known of a captured one is null before. */
export interface ImageRow {
  readonly image: string;
  readonly project: string | null;
  readonly visibility: ImageVisibility;
  readonly state: "adding" | "ready" | "failed";
  readonly rawBytes: number | null;
  readonly fileBytes: number | null;
  /** Whole milliseconds since 1970. */
  readonly fileModifiedMs: number | null;
  readonly fileSha256: string | null;
  readonly manifestSha256: string | null;
  readonly rawSha256: string | null;
  /** The partition that it is written to; null for the whole disk. */
  readonly partition: number | null;
  readonly partitions: readonly Partition[] | null;
  readonly maxConcurrentLoads: number | null;
  readonly addedBy: string;
}

/** The images of these names that there are, in any state; in no order. */
export async function readImageRows(sql: Sql, names: readonly string[]): Promise<readonly ImageRow[]> {
  return sql<ImageRow[]>`
    select name as image, project, visibility, state, raw_bytes::float8 as "rawBytes", file_bytes::float8 as "fileBytes",
           file_modified_ms as "fileModifiedMs", file_sha256 as "fileSha256", manifest_sha256 as "manifestSha256",
           raw_sha256 as "rawSha256", target_partition as partition, partitions,
           max_concurrent_loads as "maxConcurrentLoads", added_by as "addedBy"
    from images where name = any(${names as string[]})`;
}

/** Of a changed file that turned out to hold the same bytes: the next check need not hash it again. */
export async function noteFileTime(
  sql: Sql,
  { image, manifestSha256, fileModifiedMs }: Pick<ImageRow, "image" | "manifestSha256" | "fileModifiedMs">,
): Promise<void> {
  await sql`
    update images set file_modified_ms = ${fileModifiedMs} where name = ${image} and manifest_sha256 = ${manifestSha256}`;
}
