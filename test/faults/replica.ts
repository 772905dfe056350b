import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../agents/cli/reveille.mjs", import.meta.url));

/** A replica of an agent in a process of its own, to be killed, stopped and woken. */
export interface Replica {
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<unknown>;
}

/** Starts a replica from a site's agents.json; resolves when it serves. */
export async function startReplica(
  agentsFile: string,
  kind: "reboot" | "reload" | "setup" = "reboot",
): Promise<Replica> {
  const child = fork(bin, ["agent", kind, "--config", agentsFile], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, REVEILLE_LOG: "error" },
  });
  const ended = once(child, "exit");
  const [first] = (await Promise.race([once(child, "message"), ended])) as [unknown];
  if (typeof first !== "object") throw new Error("the replica ended before it served");
  return { signal: (signal) => void child.kill(signal), ended };
}
