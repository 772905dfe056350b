export { type LoaderBoot, beginBoot } from "./boot/begin-boot.ts";
export {
  type BootFacts,
  type NetbootNode,
  readBootFacts,
  readNetbootNodes,
  readWakeups,
  requestWakeups,
} from "./boot/boot-facts.ts";
export { type RamdiskBoot, keepBootLog, readPlans, readRamdiskBoot } from "./boot/ramdisk-boots.ts";
export {
  type Database,
  type DatabaseOptions,
  type Sql,
  isNotConnected,
  isUnreachable,
  openDatabase,
  wasUndone,
} from "./connect.ts";
export {
  type AddedImage,
  type ImageAsker,
  beginImage,
  beginReplacement,
  failAbandonedImages,
  failImage,
  finishImage,
  forgetImage,
  isProjectKnown,
  noteImageProgress,
  readImageAsker,
  setImage,
} from "./images/catalogue.ts";
export {
  ImageCancelledError,
  type ImageLock,
  ImageLockLostError,
  cancelImageWork,
  withImageLock,
} from "./images/image-lock.ts";
export { type ImportedImage, importImages } from "./images/import.ts";
export { readImages } from "./images/read.ts";
export {
  type BmcFacts,
  type BmcQuestion,
  type TakenBmc,
  claimRetry,
  endOutage,
  forgetRefusal,
  openOutage,
  readBmcFacts,
  refuseCredential,
  takeBmcs,
} from "./bmc/access.ts";
export { giveUpHolds } from "./bmc/holds.ts";
export {
  type ConsoleKey,
  type ConsoleTarget,
  keepConsoles,
  readConsole,
  readConsoleTargets,
  readHeld,
} from "./bmc/consoles.ts";
export { type ImageRow, noteFileTime, readImageRows } from "./images/rows.ts";
export { countLoads } from "./images/usage.ts";
export { type ReachFacts, readReachFacts } from "./inventory/reach.ts";
export { readLoadingSubnodes } from "./loads/subnodes.ts";
export { type ChangeDecision, type ChangeFacts, type ChangeOutcome, changeInventory } from "./inventory/change.ts";
export {
  type InventoryEntity,
  type InventoryModel,
  publishSealingKey,
  readChanger,
  readInventoryPage,
  readSealingKey,
} from "./inventory/model.ts";
export { readNodes } from "./inventory/nodes.ts";
export { readAgentOfKey, readPeople, readUserOfKey } from "./inventory/users.ts";
export { type Inventory, importInventory } from "./inventory/write.ts";
export { admit } from "./ledger/admit.ts";
export type {
  AdmissionDecision,
  AdmissionFacts,
  AdmissionOutcome,
  AdmissionPolicy,
  AdmissionRequest,
  AdmittedRun,
  NodeFacts,
  UserFacts,
} from "./ledger/admission.ts";
export type { BacklogLimits } from "./ledger/backlog.ts";
export { type ChildOperation, addChildOperation, readChildOperations } from "./ledger/child-operations.ts";
export { type CancelOutcome, requestCancel } from "./ledger/cancel.ts";
export {
  type ClaimedRun,
  type HeldClaim,
  type RunOperation,
  type Shares,
  claim,
  claimAbandoned,
  handBack,
  leaseS,
  readOperations,
  renew,
} from "./ledger/claim.ts";
export type { EarlyEnd } from "./ledger/early-end.ts";
export { type CircuitLimit, type TurnKind, bookTurns } from "./ledger/pace.ts";
export { readPowerStamps } from "./ledger/power-stamps.ts";
export { countQueued, readForReplay, readOperation, readRecentOperations } from "./ledger/read.ts";
export {
  type EndedRun,
  type Recorded,
  type RunChange,
  type TouchedOperation,
  endQueued,
  record,
  runKey,
} from "./ledger/record.ts";
export { readBootLog } from "./loads/boot-log.ts";
export {
  type Arming,
  type ConcludedLoad,
  type LoadOfNode,
  type TransportChoice,
  armLoads,
  chooseTransports,
  clearDisks,
  concludeLoads,
  disarmLoads,
} from "./loads/boot-selections.ts";
export { type LoadTarget, readLoadTargets } from "./loads/targets.ts";
export { type UnattendedEnd, readUnattendedEnds, readUnattendedLoads } from "./loads/unattended.ts";
export { cancelOfRevoked, forgetEnded, readOverdue } from "./ledger/sweep.ts";
export { migrateDatabase } from "./migrate.ts";
export { roleOf } from "./roles.ts";
export { type ExperimentRecords, readExperimentRecords } from "./setup/facts.ts";
export {
  type AllocationState,
  readFailures,
  readFreed,
  readRunResult,
  readWithoutRetry,
  setAllocation,
  setRetry,
} from "./setup/progress.ts";
export { forgetHistory } from "./states/forget.ts";
export {
  type JudgedReport,
  type StateTimeout,
  applyReports,
  clearCleaned,
  noteTimeouts,
  readHistory,
  readNodeStates,
} from "./states/node-states.ts";
export {
  type ReportOrigin,
  addReport,
  isOfOlderBoot,
  readLatestReports,
  readNodeAt,
  readReportsOf,
  readUnappliedReports,
} from "./states/reports.ts";
