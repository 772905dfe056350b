/** Where a node's sshd is, and which key proves that it is the node. */
export interface SshTarget {
  readonly node: string;
  /** A host name or an address. */
  readonly address: string;
  /** 22 unless given. */
  readonly port?: number;
  /** The node's public host key as OpenSSH writes it, `ssh-ed25519 AAAA…`; without one the node is not connected to. */
  readonly hostKey: string | undefined;
  /** `root` unless given. */
  readonly user?: string;
}

export interface SshOptions {
  /** From the start of the client to its end; then it is killed with everything that it started. */
  readonly timeoutMs: number;
  /** Of that, how long the node's sshd has to prove itself; rounded up to whole seconds. Then it is `unreachable`. */
  readonly connectMs: number;
  readonly signal: AbortSignal;
  /** What the remote command reads; nothing unless given. */
  readonly stdin?: string;
}

/**
 * How a remote command ended. Only `exited` comes from the command itself, and after `timed-out` or `connection-lost`
 * it may have done its work. The others happened before it began. A node that is out to deceive can make its own
 * ending look like another, so let nothing but the words for a person rest on which failure it was.
 */
export type SshOutcome =
  | { readonly outcome: "exited"; readonly status: number; readonly stdout: string; readonly stderr: string }
  | { readonly outcome: "timed-out" | "connection-lost"; readonly detail: string }
  | { readonly outcome: SshRefusal; readonly detail: string };

/**
 * `could-not-start`: the ssh client is missing, or the target is not one that it may be given. `unreachable`: no
 * connection, or nothing there that speaks ssh. `host-key-unknown`: none is recorded for the node.
 * `host-key-mismatch`: something else answered in the node's place, or its key has changed. `login-refused`: the agent's
 * key is not let in.
 */
export type SshRefusal = "could-not-start" | "unreachable" | "host-key-unknown" | "host-key-mismatch" | "login-refused";

export interface Ssh {
  /**
   * Runs one command on a node. Repeating it runs the command again.
   *
   * @throws the signal's reason once it is aborted; the client and what it started are gone by then.
   */
  run(target: SshTarget, command: string, options: SshOptions): Promise<SshOutcome>;
}
