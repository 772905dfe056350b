export { AddressUnavailableError, FleetOptionsError, FleetProcessError, SimulatedNodeUnknownError } from "./errors.ts";
export { type FaultName, faultNames, isFaultName } from "./faults.ts";
export { type Fleet, type FleetOptions, createFleet } from "./fleet/fleet.ts";
export type { SimulatedNodeSpec } from "./fleet/node-plan.ts";
export type { SimulatedNode } from "./fleet/simulated-node.ts";
export type { BootMs } from "./machine/boot-plan.ts";
export type { ChassisControl, DownCause, JournalEntry, JournalEvent } from "./machine/journal.ts";
