export { type LivenessClock, type LivenessParts, createLiveness } from "./create-liveness.ts";
export { ProbeFailedError } from "./errors.ts";
export type {
  AnswerOptions,
  Liveness,
  LivenessProbe,
  LivenessTarget,
  ProbeOptions,
  SilenceOptions,
  SilenceVerdict,
} from "./port.ts";
