import { runInOwnNamespace, whyNoNamespace } from "../own-namespace.ts";
import type { Table } from "../table.ts";

/** Loads over shaped links in a network namespace of their own: by HTTP against a shell's pipeline, by multicast to many. */
export async function measureLoads(): Promise<Table> {
  const note = whyNoNamespace();
  if (note !== undefined) return { columns: ["loads"], rows: [], note };
  return runInOwnNamespace<Table>("loads/load-process.ts");
}
