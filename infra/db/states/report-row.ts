import {
  type LoadFailure,
  type LoadedImage,
  type NodeState,
  type StateChange,
  wireVersion,
} from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** A row of `boot.state_reports` as its readers select it. */
export interface ReportRow {
  readonly id: number;
  readonly node: string;
  readonly state: NodeState;
  readonly reportedBy: "address" | "token";
  readonly reportedAt: Date;
  readonly bootId: string | null;
  readonly loadId: string | null;
  readonly loaded: LoadedImage[] | null;
  readonly failure: LoadFailure | null;
  readonly detail: string | null;
}

export const reportColumns = (sql: Sql) =>
  sql`id::int8::float8 as id, node, state, reported_by as "reportedBy", reported_at as "reportedAt", boot_id as "bootId",
      load_id as "loadId", loaded, failure, detail`;

/** What is published of a report, and what its readers see. */
export function changeOf({ id, node, state, reportedBy, reportedAt, ...more }: ReportRow): StateChange {
  const said = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== null));
  return { v: wireVersion, id, node, state, reportedBy, reportedAt: reportedAt.toISOString(), ...said };
}
