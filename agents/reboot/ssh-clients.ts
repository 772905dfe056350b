import pLimit from "p-limit";
import type { Ssh, SshOptions, SshOutcome, SshTarget } from "../../infra/ssh/index.ts";

export interface SshClientOptions extends SshOptions {
  /** Ends the wait for a free client: the command has not begun then. Once it runs, only `signal` ends it. */
  readonly leaveSignal: AbortSignal;
  /** Asked once a client is free: without it the command is left as well. */
  readonly mayBegin: () => boolean;
}

/** Thrown when the wait for a client was left: the command has not begun, and never will. */
export class NotBegunError extends Error {
  readonly code = "not-begun";
}

/** ssh with a bound on how many clients run at once; the others wait for their turn, in order. */
export interface SshClients {
  /** Rejects with NotBegunError when it was left before its turn, with `signal`'s reason when that ended it. */
  run(target: SshTarget, command: string, options: SshClientOptions): Promise<SshOutcome>;
}

export function createSshClients(ssh: Ssh, maxClients: number): SshClients {
  const limit = pLimit(maxClients);
  return {
    run: (target, command, { leaveSignal, mayBegin, ...options }) =>
      new Promise((resolve, reject) => {
        const leave = () => {
          const message = `${command} on ${target.node} was left before it began`;
          reject(new NotBegunError(message, { cause: leaveSignal.reason }));
        };
        const take = async () => {
          leaveSignal.removeEventListener("abort", leave);
          if (leaveSignal.aborted || !mayBegin()) leave();
          else await ssh.run(target, command, options).then(resolve, reject);
        };
        leaveSignal.addEventListener("abort", leave, { once: true });
        if (leaveSignal.aborted) leave();
        else void limit(take);
      }),
  };
}
