import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { FLEET, fleetRange } from "./ipmi/fleet.ts";
import { root } from "./machine.ts";

/** How long a fleet's power cycle took, from the program's start. */
export interface PowerCycles {
  /** Nodes that were told as succeeded. */
  readonly succeeded: number;
  /** Until the last of them was told. */
  readonly succeededMs: number;
  readonly exitedMs: number;
}

/** `reveille reboot --power-cycle` of these nodes, by the built command line. */
export async function cycleByReveille(contextFile: string, nodes: string): Promise<PowerCycles> {
  const beganAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...[join(root, "agents/cli/reveille.mjs"), "reboot", nodes],
      ...["--power-cycle", "--yes", "--json", "--events", "--context", contextFile],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit").then(() => performance.now() - beganAt);
  let succeeded = 0;
  let succeededMs = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes('"kind":"result"') || !line.includes('"outcome":"succeeded"')) continue;
    succeeded += 1;
    succeededMs = performance.now() - beganAt;
  }
  return { succeeded, succeededMs, exitedMs: await exited };
}

/** The same by ipmipower, which switches off and on in two runs. The password is the fleet's, known to everybody. */
export async function cycleByIpmipower(count: number): Promise<PowerCycles> {
  const beganAt = performance.now();
  await ipmipower(count, ["--off", "--wait-until-off"]);
  const succeeded = await ipmipower(count, ["--on", "--wait-until-on"]);
  const exitedMs = performance.now() - beganAt;
  return { succeeded, succeededMs: exitedMs, exitedMs };
}

/** Runs ipmipower on the first `count` BMCs; gives how many it told as `ok`. */
export async function ipmipower(count: number, actions: readonly string[]): Promise<number> {
  const credentials = ["-u", FLEET.username, "-p", FLEET.password, "-I", "3"];
  const child = spawn("ipmipower", ["-D", "LAN_2_0", "-h", fleetRange(count), ...credentials, ...actions], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` },
  });
  let done = 0;
  for await (const line of createInterface({ input: child.stdout })) if (line.endsWith(": ok")) done += 1;
  return done;
}
