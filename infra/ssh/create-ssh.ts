import { runProgram } from "../program/index.ts";
import { argumentsOf, problemOf } from "./client-arguments.ts";
import { clientFailureStatus, failureOf } from "./client-failure.ts";
import { KnownHosts, isHostKey } from "./known-hosts.ts";
import type { Ssh, SshOutcome } from "./port.ts";

export interface SshSettings {
  /** The agent's private key, mode 0600; see `createSshKey`. */
  readonly keyFile: string;
  /** Where the host keys are written for the client to read; made if it is missing. */
  readonly knownHostsDir: string;
}

/** Commands on nodes by the system's ssh client, with the agent's own key and host keys enforced. */
export function createSsh({ keyFile, knownHostsDir }: SshSettings): Ssh {
  const knownHosts = new KnownHosts(knownHostsDir);
  return {
    async run(target, command, { timeoutMs, connectMs, signal, stdin }) {
      signal.throwIfAborted();
      const { node, hostKey } = target;
      const problem = problemOf(target);
      if (problem !== undefined) return refused("could-not-start", `${node}: ssh is not started: ${problem}`);
      if (hostKey === undefined) {
        return refused(
          "host-key-unknown",
          `${node}: no host key is recorded, so nothing there can be believed; add it`,
        );
      }
      if (!isHostKey(hostKey)) {
        return refused("could-not-start", `${node}: ssh is not started: what is recorded as its host key is none`);
      }
      const knownHostsFile = await knownHosts.fileFor(node, hostKey);
      const args = argumentsOf(target, command, {
        keyFile,
        knownHostsFile,
        connectTimeoutS: Math.ceil(connectMs / 1_000),
      });
      const end = await runProgram(["ssh", ...args], { timeoutMs, signal, ...(stdin !== undefined && { stdin }) });
      signal.throwIfAborted();
      switch (end.outcome) {
        case "exited":
          return end.status === clientFailureStatus ? failed(node, end.stderr) : end;
        case "killed":
          return { outcome: "connection-lost", detail: `${node}: the ssh client was killed by ${end.signal}` };
        case "timed-out":
        case "aborted":
          return { outcome: "timed-out", detail: `${node}: ssh did not end in ${timeoutMs} ms` };
        case "could-not-start":
          return refused("could-not-start", `${node}: ssh could not start: ${end.detail}; install openssh-client`);
      }
    },
  };
}

function refused(outcome: "could-not-start" | "host-key-unknown", detail: string): SshOutcome {
  return { outcome, detail };
}

function failed(node: string, stderr: string): SshOutcome {
  const { outcome, said } = failureOf(stderr);
  return { outcome, detail: `${node}: ssh ended with 255: ${said || "it said nothing"}` };
}
