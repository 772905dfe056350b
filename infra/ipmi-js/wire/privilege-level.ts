/** Privilege levels a session may have, lowest first (IPMI 2.0 §6.8). */
export type PrivilegeLevel = "callback" | "user" | "operator" | "administrator";

const LEVELS: readonly PrivilegeLevel[] = ["callback", "user", "operator", "administrator"];

/** The level's number on the wire, 1–4. */
export function privilegeNumber(level: PrivilegeLevel): number {
  return LEVELS.indexOf(level) + 1;
}

/** `undefined` for 0 ("highest possible" or "no change"), 5 (OEM) and everything reserved. */
export function privilegeFromNumber(number: number): PrivilegeLevel | undefined {
  return LEVELS[(number & 0x0f) - 1];
}
