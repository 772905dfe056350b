import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Table } from "../table.ts";

const program = fileURLToPath(new URL("../loads/load-process.ts", import.meta.url));

/** Loads over shaped links in a network namespace of their own: by HTTP against a shell's pipeline, by multicast to many. */
export async function measureLoads(): Promise<Table> {
  if (process.getuid?.() !== 0) {
    return { columns: ["loads"], rows: [], note: "Needs root, and what `node test/lab/install.mjs` installs." };
  }
  const command = ["--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", process.execPath];
  const child = spawn("unshare", [...command, "--import", "tsx", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [table] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error(`the loads ended with ${String(child.exitCode)}`);
  return JSON.parse(table) as Table;
}
