import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A child that says something once it is ready, and ends when we let go of it. */
export interface Forked {
  readonly pid: number;
  /** The first message. */
  readonly said: unknown;
  /** Sends a message and gives the next that comes back. */
  ask(message: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a program without the loader that this one runs under, whose log tells faults alone; resolves with its first message. */
export async function forkReady(program: string, args: readonly string[]): Promise<Forked> {
  const env = { ...process.env, REVEILLE_LOG: "error" };
  const child = fork(program, args, { execArgv: [], env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const said = await messageFrom(child, program);
  return {
    pid: child.pid ?? 0,
    said,
    ask(message) {
      child.send(message as object);
      return messageFrom(child, program);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

function messageFrom(child: ChildProcess, program: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (status: number | null) => reject(new Error(`${program} ended with ${String(status)}`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message);
    });
  });
}
