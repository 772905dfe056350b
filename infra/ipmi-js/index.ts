/**
 * An IPMI 2.0 (RMCP+) client for fleets, and a BMC for tests. Begin with {@link createIpmiClient}, whose
 * {@link IpmiClient} says what may be asked and what may be thrown; {@link captureConsole} keeps the end of a machine's
 * console; {@link startBmc} is the other side.
 *
 * @module ipmi-js
 */

export { createIpmiClient, type IpmiClientOptions } from "./client/create-ipmi-client.ts";
export type { ControlOptions, ControlResult, IpmiClient } from "./client/ipmi-client.ts";
export type { CallOptions } from "./client/call.ts";
export { captureConsole, type ConsoleCapture, type ConsoleCaptureOptions } from "./client/capture-console.ts";
export type { SolConsole } from "./client/sol-console.ts";
export type { BmcTarget } from "./client/target.ts";

export { type BmcOptions, type BmcServer, startBmc } from "./bmc/start-bmc.ts";
export type { BmcChassis, Refusal } from "./bmc/chassis.ts";
export { createSerialPort, type SerialLine, type SerialPort, type TestSerialPort } from "./bmc/serial-port.ts";
export type { BmcFaults } from "./bmc/faults.ts";
export type { BmcUser } from "./bmc/bmc-user.ts";
export type { ControlRecord } from "./bmc/chassis-commands.ts";
export { type Chassis, type ChassisOptions, createChassis } from "./bmc/create-chassis.ts";

export type { ChassisAction } from "./commands/chassis/chassis-control.ts";
export type { BootDevice, BootFlags, BootOptions } from "./commands/chassis/boot-flags.ts";
export type { ChassisStatus } from "./commands/chassis/get-chassis-status.ts";
export type { DeviceId } from "./commands/app/get-device-id.ts";
export type { IdentifyDuration } from "./commands/chassis/chassis-identify.ts";
export type { PowerRestorePolicy } from "./commands/chassis/power-restore-policy.ts";
export type { Command } from "./commands/command.ts";
export type { CipherSuiteId } from "./crypto/cipher-suite.ts";
export type { PrivilegeLevel } from "./wire/privilege-level.ts";
export { type Quirk, QUIRKS } from "./quirk.ts";

export { type BmcName, IpmiError, type IpmiErrorCode } from "./errors/ipmi-error.ts";
export { BmcKgError, BmcPasswordError, BmcPrivilegeError, BmcUserError } from "./errors/credentials.ts";
export {
  BmcBusyError,
  BmcNoSessionSlotError,
  CipherSuiteRefusedError,
  CompletionCodeError,
  MalformedResponseError,
  SessionRefusedError,
} from "./errors/refusals.ts";
export {
  BmcConnectTimeoutError,
  BmcTimeoutError,
  BmcUnreachableError,
  ClientClosedError,
  NotSentError,
} from "./errors/silence.ts";
