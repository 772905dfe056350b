import Type from "typebox";
import { ProgressReport } from "./loads.ts";
import { Instant, NodeName } from "./names.ts";
import { NodeResult, phases } from "./results.ts";

/** A node began a step of its run: a rung of the ladder, or with `debug` anything it does. */
export const StepEvent = Type.Object({
  kind: Type.Literal("step"),
  node: NodeName,
  at: Instant,
  phase: Type.Enum([...phases]),
  step: Type.String({ description: "the step within its phase, e.g. ssh-reboot, power-off, await-silence" }),
  attempt: Type.Integer({ minimum: 0 }),
  detail: Type.Optional(Type.String()),
});
export type StepEvent = Type.Static<typeof StepEvent>;

/** A node loads an image. `bytesPerS` is what it wrote in the time since the one before. */
export const ProgressEvent = Type.Object({
  kind: Type.Literal("progress"),
  node: NodeName,
  at: Instant,
  ...ProgressReport.properties,
  bytesPerS: Type.Optional(Type.Number({ minimum: 0 })),
});
export type ProgressEvent = Type.Static<typeof ProgressEvent>;

/** A node's run ended. */
export const ResultEvent = Type.Object({ kind: Type.Literal("result"), node: NodeName, result: NodeResult });
export type ResultEvent = Type.Static<typeof ResultEvent>;

export const NodeEvent = Type.Union([StepEvent, ProgressEvent, ResultEvent]);
export type NodeEvent = Type.Static<typeof NodeEvent>;
