import { runInOwnNamespace, whyNoNamespace } from "../own-namespace.ts";
import type { Table } from "../table.ts";

/** Loads over shaped links: by HTTP against a shell's pipeline, by multicast to one and many. */
export const measureLoads = (): Promise<Table> => measureInNamespace("loads");

/** What a receiver that dies costs those who go on. */
export const measureLostReceiver = (): Promise<Table> => measureInNamespace("lost-receiver");

async function measureInNamespace(what: string): Promise<Table> {
  const note = whyNoNamespace();
  if (note !== undefined) return { columns: [what], rows: [], note };
  return runInOwnNamespace<Table>("loads/load-process.ts", what);
}
