import { NodeName, hasShape } from "../../contracts/index.ts";
import type { SshTarget } from "./port.ts";

/** What the client is told besides the target. */
export interface ClientSettings {
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** Until the node's sshd has proved itself; then the keep-alives watch over the connection. */
  readonly connectTimeoutS: number;
}

/**
 * The client does what is written here and nothing else: no file of settings, no agent, no forwarding, no shared
 * connection, no question to anybody. One key is offered, one host key is believed. A peer that falls silent is given up after
 * 3 keep-alives of 2 s.
 */
export function argumentsOf(target: SshTarget, command: string, settings: ClientSettings): string[] {
  const { node, address, port = 22, user = "root" } = target;
  const { keyFile, knownHostsFile, connectTimeoutS } = settings;
  const options = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    IdentityFile: configPath(keyFile),
    IdentityAgent: "none",
    PreferredAuthentications: "publickey",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: configPath(knownHostsFile),
    GlobalKnownHostsFile: "/dev/null",
    HostKeyAlias: node,
    CheckHostIP: "no",
    UpdateHostKeys: "no",
    VerifyHostKeyDNS: "no",
    CanonicalizeHostname: "no",
    ProxyCommand: "none",
    ClearAllForwardings: "yes",
    ForwardAgent: "no",
    ForwardX11: "no",
    ControlMaster: "no",
    ControlPath: "none",
    RequestTTY: "no",
    EscapeChar: "none",
    ConnectionAttempts: "1",
    ConnectTimeout: String(connectTimeoutS),
    ServerAliveInterval: "2",
    ServerAliveCountMax: "3",
    LogLevel: "ERROR",
  };
  const settingsList = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", "-p", String(port), "-l", user, ...settingsList, "--", address, command];
}

/** What makes a target one that the client may not be given; undefined if nothing does. */
export function problemOf({ node, address, port = 22, user = "root" }: SshTarget): string | undefined {
  if (!hasShape(NodeName, node)) return "its name is not a node's";
  // A leading hyphen would be an option to the client.
  if (!/^[A-Za-z0-9:][A-Za-z0-9.:%_-]*$/.test(address)) return "its address is neither a host name nor an IP address";
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return "its port is not between 1 and 65535";
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(user)) return "its user is not a login name";
  return undefined;
}

/** A path as ssh_config(5) reads it: quoted for its spaces, with `%` as no token. */
function configPath(path: string): string {
  return `"${path.replaceAll("%", "%%").replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
