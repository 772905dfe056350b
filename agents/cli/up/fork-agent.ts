import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HostedReplica } from "../../host.ts";
import type { HostedAgent } from "../../runtime/config.ts";

/** What a forked agent says once it serves. */
export interface AgentReady {
  readonly kind: "ready";
  readonly nodeUrl?: string;
}

/** Thrown when an agent's process ended before it served; its own log says why. */
export class AgentProcessError extends Error {
  readonly code = "agent-process-ended";
}

/** How long a stopping agent may take to hand its nodes over before it is killed, milliseconds. */
const stopWithinMs = 10_000;

/** Starts one replica of an agent in a process of its own, which ends when we do; resolves when it serves. */
export async function forkAgent(kind: HostedAgent, configFile: string): Promise<HostedReplica> {
  const child = fork(binPath(), ["agent", kind, "--config", configFile], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ready = await new Promise<AgentReady>((resolve, reject) => {
    child.once("message", (message) => resolve(message as AgentReady));
    child.once("error", reject);
    child.once("exit", (status, signal) =>
      reject(new AgentProcessError(`the ${kind} agent's process ended (${signal ?? String(status)}) before it served`)),
    );
  });
  return {
    ...(ready.nodeUrl === undefined ? {} : { nodeUrl: ready.nodeUrl }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const killing = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
      await ended;
      clearTimeout(killing);
    },
  };
}

/** The committed bin shim: in a checkout and in the installed package it lies at the same place below the root. */
function binPath(): string {
  for (let at = import.meta.dirname; ; at = dirname(at)) {
    const path = join(at, "agents", "cli", "reveille.mjs");
    if (existsSync(path)) return path;
    if (at === dirname(at))
      throw new AgentProcessError("the bin agents/cli/reveille.mjs is missing from this installation");
  }
}
