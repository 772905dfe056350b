import { runProgram } from "../program/index.ts";
import { ProbeFailedError } from "./errors.ts";
import type { ProbeOptions } from "./port.ts";

/** What `ping` exits with when it sent its echo and heard nothing: iputils and busybox 1, BSD's (macOS) 2. */
const silentStatus = process.platform === "linux" ? 1 : 2;
/** How `ping` says that there is no way to the node, where it makes that a failure of its own. */
const noRoute = /(?:Network is unreachable|No route to host|Host is down)/;

/**
 * Whether one ICMP echo is answered in time, by the system's `ping`, which has the right to send it.
 *
 * @throws ProbeFailedError, or the signal's reason once it is aborted.
 */
export async function probeIcmp(address: string, { timeoutMs, signal }: ProbeOptions): Promise<boolean> {
  signal.throwIfAborted();
  if (address.startsWith("-")) throw new ProbeFailedError(address, "an address does not begin with a hyphen");
  const end = await runProgram(["ping", ...argumentsOf(address, timeoutMs)], { timeoutMs, signal });
  signal.throwIfAborted();
  switch (end.outcome) {
    case "exited":
      if (end.status === 0) return true;
      if (end.status === silentStatus || noRoute.test(end.stderr)) return false;
      throw new ProbeFailedError(address, `ping exited with ${end.status}: ${end.stderr.trim().slice(0, 200)}`);
    case "timed-out":
    case "aborted":
      return false;
    case "killed":
      throw new ProbeFailedError(address, `ping was killed by ${end.signal}`);
    case "could-not-start":
      throw new ProbeFailedError(address, `${end.detail}; install iputils-ping`);
  }
}

/** `-W` is in seconds on Linux and in milliseconds elsewhere. */
function argumentsOf(address: string, timeoutMs: number): string[] {
  const wait = process.platform === "linux" ? Math.max(1, Math.ceil(timeoutMs / 1000)) : Math.ceil(timeoutMs);
  return ["-n", "-c", "1", "-W", String(wait), address];
}
