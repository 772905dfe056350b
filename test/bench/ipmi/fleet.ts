import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const source = fileURLToPath(new URL("../bmc-fleet.c", import.meta.url));

const BMCS_PER_NET = 250;

export const FLEET = { port: 9623, username: "admin", password: "secret" } as const;

/** The address of BMC `index`, as bmc-fleet.c counts them. */
export function fleetAddress(index: number): string {
  return `127.0.${1 + Math.floor(index / BMCS_PER_NET)}.${1 + (index % BMCS_PER_NET)}`;
}

/** The first `count` addresses, as host ranges. */
export function fleetRange(count: number): string {
  const [nets, rest] = [Math.floor(count / BMCS_PER_NET), count % BMCS_PER_NET];
  const whole = nets === 0 ? [] : [`127.0.[1-${nets}].[1-${BMCS_PER_NET}]:${FLEET.port}`];
  return [...whole, ...(rest === 0 ? [] : [`127.0.${nets + 1}.[1-${rest}]:${FLEET.port}`])].join(",");
}

export interface FleetOptions {
  readonly count: number;
  /** Of the packets, each way. */
  readonly lossPercent?: number;
  /** How long each reply waits, at random: least and most. */
  readonly delayMs?: readonly [number, number];
}

/** Compiles the cheap fleet; resolves with its program, which is removed on disposal. */
export async function compileFleet(): Promise<{ readonly program: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "bmc-fleet-"));
  const program = join(folder, "bmc-fleet");
  await promisify(execFile)("cc", ["-O2", "-o", program, source, "-lcrypto"]);
  return { program, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** A running fleet. */
export interface Fleet extends AsyncDisposable {
  /** What `work` comes to, if the fleet lives as long. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** Runs a fleet; resolves when it listens. */
export async function startFleet(program: string, options: FleetOptions): Promise<Fleet> {
  const { port, username, password } = FLEET;
  const delay = options.delayMs === undefined ? [] : ["--delay", options.delayMs.join("-")];
  const args = [port, options.count, username, password, options.lossPercent ?? 0].map(String);
  const child = spawn(program, [...args, ...delay], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const ended = exited.then(() => Promise.reject(new Error("the fleet has ended")));
  ended.catch(() => undefined);
  await Promise.race([once(child.stdout, "data"), ended]);
  child.stdout.resume();
  return {
    during: (work) => Promise.race([work(), ended]),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
