export {
  BinaryMissingError,
  ClusterVersionError,
  DirectoryInUseError,
  IdentitiesRefusedError,
  PortInUseError,
  ReloadError,
  SecretExposedError,
  ServerStartError,
} from "./errors.ts";
export { createIdentity } from "./nats/nkey.ts";
export type { NkeyPair } from "./nats/nkey.ts";
export { startNats } from "./nats/embedded-nats.ts";
export type { EmbeddedNats, NatsOptions } from "./nats/embedded-nats.ts";
export { renderIdentities } from "./nats/nats-config.ts";
export type { NatsIdentity, NatsPermissions } from "./nats/nats-identity.ts";
export { startPostgres } from "./postgres/embedded-postgres.ts";
export type { EmbeddedPostgres, PostgresOptions } from "./postgres/embedded-postgres.ts";
export { cacheDirectory } from "./process/cache-directory.ts";
export { lockDirectory } from "./process/directory-lock.ts";
export type { DirectoryLock } from "./process/directory-lock.ts";
export { spawnGuarded } from "./process/guarded-process.ts";
export type { GuardedProcess } from "./process/guarded-process.ts";
export type { ServiceEvent, ServiceListener } from "./process/service-event.ts";
export { readSecret, writeSecret } from "./secret-file.ts";
export { startEmbedded } from "./start-embedded.ts";
export type { EmbeddedOptions, EmbeddedServices } from "./start-embedded.ts";
