import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FLEET, fleetRange } from "./fleet.ts";

const bin = fileURLToPath(new URL("../../../infra/ipmi-js/bin/ipmi-js.mjs", import.meta.url));

/** What one run of a program cost; `lines` is how many hosts it told of. */
export interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly lines: number;
}

/** The status of the first `count` BMCs with this library's command line. */
export function runIpmiJs(hosts: string): Promise<Run> {
  return measure([process.execPath, bin, "power", "status", hosts, "-u", FLEET.username, "-I", "3"]);
}

/** The same with ipmipower. The password is the fleet's, known to everybody. */
export function runIpmipower(count: number): Promise<Run> {
  const credentials = ["-u", FLEET.username, "-p", FLEET.password, "-I", "3"];
  return measure(["ipmipower", "-D", "LAN_2_0", "-h", fleetRange(count), ...credentials, "--stat"]);
}

async function measure(command: readonly string[]): Promise<Run> {
  const startedAt = performance.now();
  const { stdout, stderr } = await promisify(execFile)("/usr/bin/time", ["-f", "%U %S %M", ...command], {
    env: { ...process.env, IPMI_PASSWORD: FLEET.password, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` },
    maxBuffer: 16 * 1024 * 1024,
  }).catch(outputOfFailed);
  const wallMs = performance.now() - startedAt;
  const [user = 0, system = 0, peakKiB = 0] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  const lines = new Set(stdout.trim().split("\n")).size;
  return { wallMs, cpuMs: (user + system) * 1_000, peakMiB: peakKiB / 1024, lines };
}

/** A program that says by its exit status that some host failed has still been measured. */
function outputOfFailed(error: unknown): { readonly stdout: string; readonly stderr: string } {
  if (error instanceof Error && "stdout" in error && "stderr" in error) {
    return { stdout: String(error.stdout), stderr: String(error.stderr) };
  }
  throw error;
}
