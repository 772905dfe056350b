/** Completion codes that mean something to this library; the texts are those of IPMI 2.0 table 5-2. */
export const COMPLETION = {
  ok: 0x00,
  nodeBusy: 0xc0,
  invalidCommand: 0xc1,
  timeout: 0xc3,
  outOfSpace: 0xc4,
  requestLengthInvalid: 0xc7,
  parameterOutOfRange: 0xc9,
  invalidDataField: 0xcc,
  notExecutableAsDuplicate: 0xcf,
  insufficientPrivilege: 0xd4,
  notInPresentState: 0xd5,
  unspecified: 0xff,
} as const;

const TEXT: Readonly<Record<number, string>> = {
  0x80: "parameter not supported, or specific to the command",
  0x81: "specific to the command (session or privilege refused)",
  0xc0: "node busy",
  0xc1: "invalid command",
  0xc2: "command invalid for the given LUN",
  0xc3: "timeout while processing the command",
  0xc4: "out of space",
  0xc5: "reservation cancelled, or its ID is invalid",
  0xc6: "request data truncated",
  0xc7: "request data length invalid",
  0xc8: "request data field length limit exceeded",
  0xc9: "parameter out of range",
  0xca: "cannot return the number of requested bytes",
  0xcb: "requested sensor, data or record not present",
  0xcc: "invalid data field in the request",
  0xcd: "command illegal for the specified sensor or record type",
  0xce: "command response could not be provided",
  0xcf: "cannot execute a duplicated request",
  0xd0: "SDR repository in update mode",
  0xd1: "device in firmware update mode",
  0xd2: "BMC initialisation in progress",
  0xd3: "destination unavailable",
  0xd4: "insufficient privilege",
  0xd5: "not supported in the present state",
  0xd6: "command or sub-function disabled",
  0xff: "unspecified error",
};

/** A completion code in words, for people: `node busy (C0h)`. */
export function describeCompletionCode(code: number): string {
  const hex = `${code.toString(16).toUpperCase().padStart(2, "0")}h`;
  const text = TEXT[code];
  return text === undefined ? `completion code ${hex}` : `${text} (${hex})`;
}

/** Codes by which a BMC says "not now": node busy, timeout, duplicate request. */
export function isBusyCompletionCode(code: number): boolean {
  return code === COMPLETION.nodeBusy || code === COMPLETION.timeout || code === COMPLETION.notExecutableAsDuplicate;
}
