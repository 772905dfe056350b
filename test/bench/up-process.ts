import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./machine.ts";

/** A running `reveille up`. */
export interface UpProcess {
  readonly pid: number;
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts the bin's `up` with 24 nodes in `dir`; resolves when it says that it is ready. */
export async function startUp(dir: string): Promise<UpProcess> {
  const beganAt = performance.now();
  const child = spawn(process.execPath, [join(root, "agents/cli/reveille.mjs"), "up", "--dir", dir], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, REVEILLE_LOG: "error" },
  });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("ready")) continue;
    child.stdout.resume();
    return { pid: child.pid ?? 0, readyMs: performance.now() - beganAt, stop };
  }
  throw new Error("reveille up ended before it was ready");
}
