export { type AgentName, agentNames, isAgentName } from "./agents.ts";
export type { CancelArgs } from "./commands/cancel.ts";
export {
  type ActingVerb,
  type ArgsOf,
  type Command,
  CommandEnvelope,
  type Verb,
  agentOfVerb,
  askerOf,
  argsSchemaOf,
  clockToleranceMs,
  commandSchemaOf,
  defaultExpiryMs,
  isActingVerb,
  isVerb,
  maxExpiryMs,
  verbs,
} from "./commands/index.ts";
export {
  ImageAddAnswer,
  type ImageAddArgs,
  type ImageArgs,
  ImageCancelAnswer,
  ImageRemoveAnswer,
  ImageSetAnswer,
  type ImageSetArgs,
  ImageVerifyAnswer,
  type ImageVisibility,
} from "./commands/image.ts";
export { InventoryApplyAnswer, type InventoryApplyArgs, maxDifferences } from "./commands/inventory.ts";
export { DryRunAnswer } from "./commands/dry-run.ts";
export { type PowerAction, PowerArgs, powerActions } from "./commands/power.ts";
export { RebootArgs } from "./commands/reboot.ts";
export type { ReloadArgs } from "./commands/reload.ts";
export type { SetupArgs } from "./commands/setup.ts";
export type { NodeSelection } from "./commands/selection.ts";
export { NodeEvent, type ProgressEvent, type ResultEvent, type StepEvent } from "./events.ts";
export {
  type Accepted,
  type Answer,
  type Events,
  type Finished,
  InboxMessage,
  type Rejected,
  type Working,
  maxMessageBytes,
} from "./inbox.ts";
export {
  InventoryChanges,
  type InventoryDifference,
  InventoryDocument,
  type InventoryKind,
  type ProjectRole,
  inventoryKindNames,
  inventoryKinds,
  projectRoles,
} from "./inventory.ts";
export {
  type BootPlan,
  type LoadFailure,
  LoadProgress,
  type LoadedImage,
  Partition,
  type PlannedImage,
  ProgressReport,
  Sha256,
  type Transport,
} from "./loads.ts";
export {
  ExperimentName,
  ImageName,
  Instant,
  NodeName,
  NodeNameInput,
  OpId,
  PublicKey,
  SiteName,
  UserName,
  maxNodesPerCommand,
  wireVersion,
} from "./names.ts";
export {
  NodeTypeOverrides,
  type NodeTypeSettings,
  type PowerDriverName,
  defaultNodeTypeSettings,
  powerDriverNames,
  settingsWith,
} from "./node-type-settings.ts";
export {
  type NodeMode,
  type NodeState,
  StateChange,
  StateReport,
  nodeModes,
  nodeStates,
  pxeWaitingStates,
} from "./node-states.ts";
export { type SubjectPermissions, agentPermissions, allAgentPermissions, personPermissions } from "./permissions.ts";
export { firstFaultOf, problemsOf } from "./problems.ts";
export type { HistoryAnswer, HistoryEntry, HistoryQuery } from "./queries/history.ts";
export {
  type QueryAnswer,
  type QueryArgs,
  QueryEnvelope,
  type QueryName,
  isQueryName,
  maxPageRows,
  queryNames,
  querySchemaOf,
  querySchemasOf,
} from "./queries/index.ts";
export type { InventoryAnswer, InventoryQuery } from "./queries/inventory.ts";
export type { ImageSummary, ImagesAnswer, ImagesQuery } from "./queries/images.ts";
export type { NodeSummary, NodesAnswer, NodesQuery } from "./queries/nodes.ts";
export type { OperationAnswer, OperationQuery, OperationSummary } from "./queries/operation.ts";
export type { OperationsAnswer, OperationsQuery } from "./queries/operations.ts";
export {
  type FailureReason,
  type Reason,
  type RefusalReason,
  type SuccessReason,
  adviceOf,
  isRefusalReason,
  isResultReason,
  isRetryable,
  reasonTable,
  reasons,
} from "./reasons/index.ts";
export {
  type Evidence,
  NodeResult,
  type Outcome,
  type Phase,
  type Results,
  type Retry,
  type Via,
  codeOf,
  detachedExitStatus,
  exitStatusOf,
  isFutile,
  outcomes,
  refusedCode,
  retryOf,
  statusOf,
  unknownExitStatus,
} from "./results.ts";
export { keyHeader, signatureHeader, signedBytes } from "./signing.ts";
export { type ParsedSubject, type SubjectBuilder, parseSubject, subjectsOf } from "./subjects.ts";
export { hasShape, parseJson } from "./validate.ts";
