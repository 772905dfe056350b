export { type SshSettings, createSsh } from "./create-ssh.ts";
export { SshKeyFileError, createSshKey, readSshPublicKey } from "./key-file.ts";
export type { Ssh, SshOptions, SshOutcome, SshRefusal, SshTarget } from "./port.ts";
