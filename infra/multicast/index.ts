export type { Channel } from "./channel.ts";
export {
  type LoadSituation,
  type ReadyNode,
  type SessionPlan,
  type SessionRule,
  defaultSessionRule,
  planSessions,
} from "./plan-sessions.ts";
export type { SenderSettings } from "./sender-arguments.ts";
export {
  type MulticastSession,
  type SessionEnd,
  type SessionEvent,
  type SessionOptions,
  startSession,
} from "./session.ts";
export { whyNoSender } from "./why-no-sender.ts";
