import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const source = fileURLToPath(new URL("../bmc-fleet.c", import.meta.url));

export const FLEET = { port: 9623, username: "admin", password: "secret" } as const;

/** The address of BMC `index`, as bmc-fleet.c counts them. */
export function fleetAddress(index: number): string {
  return `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
}

/** The first `count` (a multiple of 250) addresses, as a host range. */
export function fleetRange(count: number): string {
  return `127.0.[1-${count / 250}].[1-250]:${FLEET.port}`;
}

/** Compiles the cheap fleet; resolves with its program, which is removed on disposal. */
export async function compileFleet(): Promise<{ readonly program: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "bmc-fleet-"));
  const program = join(folder, "bmc-fleet");
  await promisify(execFile)("cc", ["-O2", "-o", program, source, "-lcrypto"]);
  return { program, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** Runs `count` BMCs that lose `lossPercent` of the packets each way. */
export async function startFleet(
  program: string,
  options: { readonly count: number; readonly lossPercent?: number },
): Promise<AsyncDisposable> {
  const { port, username, password } = FLEET;
  const args = [port, options.count, username, password, options.lossPercent ?? 0].map(String);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.stdout.resume();
  return {
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}
