import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { FLEET, fleetRange } from "./fleet.ts";

const bin = fileURLToPath(new URL("../../../infra/ipmi-js/bin/ipmi-js.mjs", import.meta.url));

/** What one run of a program cost. */
export interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  /** How many hosts it told of, whatever it told. */
  readonly lines: number;
  /** From the start until the last host that answers was told of. */
  readonly knownMs: number;
}

/** The status of the first `count` BMCs with this library's command line. */
export function runIpmiJs(count: number): Promise<Run> {
  return measure([process.execPath, bin, "power", "status", fleetRange(count), "-u", FLEET.username, "-I", "3"]);
}

/** The same with ipmipower. The password is the fleet's, known to everybody. */
export function runIpmipower(count: number): Promise<Run> {
  const credentials = ["-u", FLEET.username, "-p", FLEET.password, "-I", "3"];
  return measure(["ipmipower", "-D", "LAN_2_0", "-h", fleetRange(count), ...credentials, "--stat"]);
}

async function measure(command: readonly string[]): Promise<Run> {
  // Node reads certificates at its start where this names some, which no BMC is asked for.
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin`;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, IPMI_PASSWORD: FLEET.password, PATH: path };
  const startedAt = performance.now();
  const child = spawn("/usr/bin/time", ["-f", "%U %S %M", ...command], { env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const written = text(child.stderr);
  const lines = new Set<string>();
  let knownMs = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    lines.add(line);
    if (/: (on|off)$/.test(line)) knownMs = performance.now() - startedAt;
  }
  await exited;
  const wallMs = performance.now() - startedAt;
  const [user = 0, system = 0, peakKiB = 0] = ((await written).trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { wallMs, cpuMs: (user + system) * 1_000, peakMiB: peakKiB / 1024, lines: lines.size, knownMs };
}
