import pLimit from "p-limit";
import type { Ssh, SshOptions, SshOutcome, SshTarget } from "../../infra/ssh/index.ts";

export interface SshClientOptions extends SshOptions {
  /** Ends the wait for a free client: the command has not begun then. Once it runs, only `signal` ends it. */
  readonly leaveSignal: AbortSignal;
}

/** ssh with a bound on how many clients run at once; the others wait for their turn, in order. */
export interface SshClients {
  /** Rejects with the reason of whichever signal ended it. */
  run(target: SshTarget, command: string, options: SshClientOptions): Promise<SshOutcome>;
}

export function createSshClients(ssh: Ssh, maxClients: number): SshClients {
  const limit = pLimit(maxClients);
  return {
    run: (target, command, { leaveSignal, ...options }) =>
      new Promise((resolve, reject) => {
        const leave = () => reject(leaveSignal.reason as Error);
        const take = async () => {
          leaveSignal.removeEventListener("abort", leave);
          if (!leaveSignal.aborted) await ssh.run(target, command, options).then(resolve, reject);
        };
        leaveSignal.addEventListener("abort", leave, { once: true });
        if (leaveSignal.aborted) leave();
        else void limit(take);
      }),
  };
}
