export type { Ssh, SshOptions, SshOutcome, SshRefusal, SshTarget } from "./port.ts";
