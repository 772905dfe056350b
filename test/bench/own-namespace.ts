import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Why nothing can be measured in a network of its own; undefined where it can. */
export function whyNoNamespace(): string | undefined {
  return process.getuid?.() === 0 ? undefined : "Needs root, and what `node test/lab/install.mjs` installs.";
}

/** Runs a program of ours, a file beside this one, as root in a network namespace of its own, and reads the JSON that it prints. */
export async function runInOwnNamespace<T>(program: string, ...args: readonly string[]): Promise<T> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const command = ["--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", process.execPath, "--import", "tsx"];
  const child = spawn("unshare", [...command, file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error(`${program} ended with ${String(child.exitCode)}`);
  return JSON.parse(said) as T;
}
