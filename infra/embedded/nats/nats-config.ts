import type { NatsIdentity } from "./nats-identity.ts";

/** The name of the included file, beside the configuration. */
export const IDENTITIES_FILE = "identities.conf";

/** How long a client has to answer the challenge, seconds; a busy machine needs more than nats-server's own two. */
const HANDSHAKE_S = 15;

/**
 * The server's configuration: loopback, one account in which nobody may do anything that is not written in the
 * included identities. Fit for nats-server 2.9.10 and later.
 */
export function renderServerConfig(options: { readonly serverName: string; readonly port: number }): string {
  return `server_name: "${options.serverName}"
listen: "127.0.0.1:${options.port}"
max_payload: 1MB
max_pending: 32MB
write_deadline: "5s"
authorization { timeout: ${HANDSHAKE_S} }
accounts {
  RV {
    default_permissions: { publish: {deny: ">"}, subscribe: {deny: ">"} }
    include "${IDENTITIES_FILE}"
  }
}
`;
}

/**
 * The included file. Both directions are always written: where only one is, nats-server leaves the other open,
 * `default_permissions` notwithstanding.
 */
export function renderIdentities(identities: readonly NatsIdentity[]): string {
  const lines = identities.map(
    ({ name, publicKey, permissions: { publish, subscribe } }) =>
      `  {nkey: "${publicKey}", permissions: {publish: ${renderSubjects(publish)}, ` +
      `subscribe: ${renderSubjects(subscribe)}}} # ${name}`,
  );
  return ["users: [", ...lines, "]", ""].join("\n");
}

function renderSubjects(subjects: readonly string[]): string {
  return subjects.length === 0
    ? `{deny: [">"]}`
    : `{allow: [${subjects.map((subject) => JSON.stringify(subject)).join(", ")}]}`;
}
