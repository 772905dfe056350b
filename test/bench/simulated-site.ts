import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { FleetFile } from "../../agents/cli/up/fleet-file.ts";
import type { Results } from "../../contracts/index.ts";
import { forkReady } from "./forked.ts";
import { root } from "./machine.ts";

/** What a command line printed with `--json`. */
export interface CliDocument {
  readonly code?: number;
  readonly results?: Results;
  /** An import's: how many entries are new. */
  readonly added?: number;
}

/** A durable site of simulated machines, each agent in a process of its own from the build; the machines in others. */
export interface SimulatedSite {
  readonly pid: number;
  /** Of the database's owner. */
  readonly postgresUrl: string;
  /** What the BMCs have done to their machines' power so far, looks at it not counted. */
  countPowerActions(): Promise<number>;
  /** Runs the built command line as the admin, `--json` added, from its start to its exit. */
  run(args: readonly string[]): Promise<{ readonly ms: number; readonly document: CliDocument }>;
  stop(): Promise<void>;
}

export async function startSimulatedSite(fleet: FleetFile): Promise<SimulatedSite> {
  const dir = mkdtempSync(join(tmpdir(), "reveille-bench-"));
  const fleetFile = join(dir, "fleet.json");
  await writeFile(fleetFile, JSON.stringify(fleet));
  const program = join(root, "test/bench/site-process.mjs");
  const forked = await forkReady(program, [join(dir, "site"), fleetFile]);
  const { contextFile, postgresUrl } = forked.said as { readonly contextFile: string; readonly postgresUrl: string };
  return {
    pid: forked.pid,
    postgresUrl,
    countPowerActions: async () => (await forked.ask({})) as number,
    async run(args) {
      const beganAt = performance.now();
      const command = [join(root, "agents/cli/reveille.mjs"), ...args, "--json", "--context", contextFile];
      const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
      const [printed] = await Promise.all([text(child.stdout), once(child, "exit")]);
      return { ms: performance.now() - beganAt, document: JSON.parse(printed) as CliDocument };
    },
    async stop() {
      await forked.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
