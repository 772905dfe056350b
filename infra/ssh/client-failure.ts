import type { SshOutcome } from "./port.ts";

type ClientFailure = Exclude<SshOutcome, { outcome: "exited" }>["outcome"];

/** The last line that OpenSSH's client writes before it ends with 255, at log level ERROR (measured with 9.2). */
const failureTable: readonly (readonly [RegExp, ClientFailure])[] = [
  [/^Host key verification failed\.$/, "host-key-mismatch"],
  [/Permission denied \([^)]*\)\.$/, "login-refused"],
  [/Too many authentication failures$/, "login-refused"],
  [/^ssh: (?:connect to host|Could not resolve hostname) /, "unreachable"],
  [/^kex_exchange_identification: /, "unreachable"],
  [/^(?:banner exchange: |Connection timed out during banner exchange$)/, "unreachable"],
  [/^Connection to \S+ port \d+ timed out$/, "unreachable"],
  [/^Unable to negotiate with /, "unreachable"],
];

/** The status by which the client tells of its own failure; a remote command may have ended with it too. */
export const clientFailureStatus = 255;

/** What a client that ended with 255 ran into. What it does not explain is a connection that broke while in use. */
export function failureOf(stderr: string): { readonly outcome: ClientFailure; readonly said: string } {
  const said = stderr.trim().split("\n").at(-1)?.trim().slice(0, 200) ?? "";
  const outcome = failureTable.find(([line]) => line.test(said))?.[1] ?? "connection-lost";
  return { outcome, said };
}
