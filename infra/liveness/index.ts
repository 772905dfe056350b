export type {
  AnswerOptions,
  Liveness,
  LivenessProbe,
  LivenessTarget,
  ProbeOptions,
  SilenceOptions,
  SilenceVerdict,
} from "./port.ts";
