/**
 * What a machine does when mains power comes back: stays off, returns to what it was, or powers up (IPMI 2.0 §28.8;
 * the order is that of the wire).
 */
export type PowerRestorePolicy = "always-off" | "previous" | "always-on";

export const POWER_RESTORE_POLICIES: readonly PowerRestorePolicy[] = ["always-off", "previous", "always-on"];
