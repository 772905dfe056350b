import Type from "typebox";
import type { TSchema } from "typebox";
import type { AgentName } from "../agents.ts";
import { Instant, OpId, wireVersion } from "../names.ts";
import { CancelArgs } from "./cancel.ts";
import { ConsoleArgs } from "./console.ts";
import { ImageAddArgs, ImageArgs, ImageSetArgs } from "./image.ts";
import { InventoryApplyArgs } from "./inventory.ts";
import { PowerArgs } from "./power.ts";
import { RebootArgs } from "./reboot.ts";
import { ReloadArgs } from "./reload.ts";
import { SetupArgs } from "./setup.ts";
import { WakeArgs } from "./wake.ts";

interface VerbEntry {
  /** The agent that serves the verb: its queue group, and the publisher on its inboxes. */
  readonly agent: AgentName;
  readonly args: TSchema;
  /** What the command does to nodes: `acts` makes an operation in the ledger, `controls` changes one that exists. */
  readonly kind: "acts" | "controls";
  /** The only one that is heard with it, another agent; left out, everybody is. */
  readonly asker?: AgentName;
}

/** The table of verbs: a new command is one schema and one row. */
const verbTable = {
  reboot: { agent: "reboot", args: RebootArgs, kind: "acts" },
  power: { agent: "reboot", args: PowerArgs, kind: "acts" },
  "cancel-reboot": { agent: "reboot", args: CancelArgs, kind: "controls" },
  "cancel-power": { agent: "reboot", args: CancelArgs, kind: "controls" },
  reload: { agent: "reload", args: ReloadArgs, kind: "acts" },
  "cancel-reload": { agent: "reload", args: CancelArgs, kind: "controls" },
  "image-add": { agent: "reload", args: ImageAddArgs, kind: "controls" },
  "image-set": { agent: "reload", args: ImageSetArgs, kind: "controls" },
  "image-remove": { agent: "reload", args: ImageArgs, kind: "controls" },
  "image-verify": { agent: "reload", args: ImageArgs, kind: "controls" },
  "image-cancel": { agent: "reload", args: ImageArgs, kind: "controls" },
  setup: { agent: "setup", args: SetupArgs, kind: "acts" },
  "cancel-setup": { agent: "setup", args: CancelArgs, kind: "controls" },
  "inventory-apply": { agent: "registry", args: InventoryApplyArgs, kind: "controls" },
  wake: { agent: "boot", args: WakeArgs, kind: "controls", asker: "reboot" },
  console: { agent: "reboot", args: ConsoleArgs, kind: "controls", asker: "reload" },
} as const satisfies Record<string, VerbEntry>;

export type Verb = keyof typeof verbTable;
/** The verbs that make operations. */
export type ActingVerb = { [V in Verb]: (typeof verbTable)[V]["kind"] extends "acts" ? V : never }[Verb];

type ArgsOfTable<T extends Record<string, VerbEntry>> = { readonly [V in keyof T]: Type.Static<T[V]["args"]> };
/** An interface, so that the compiler works each row out once: a type alias costs it half a minute of comparing. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
interface VerbArgs extends ArgsOfTable<typeof verbTable> {}
export type ArgsOf<V extends Verb> = VerbArgs[V];

export const verbs = Object.keys(verbTable) as readonly Verb[];

export function isVerb(name: string): name is Verb {
  return Object.hasOwn(verbTable, name);
}

export function isActingVerb(name: string): name is ActingVerb {
  return isVerb(name) && verbTable[name].kind === "acts";
}

export function agentOfVerb(verb: Verb): AgentName {
  return verbTable[verb].agent;
}

/** The only agent that is heard with the verb; undefined where everybody is. */
export function askerOf(verb: Verb): AgentName | undefined {
  const entry: VerbEntry = verbTable[verb];
  return entry.asker;
}

export function argsSchemaOf(verb: Verb): TSchema {
  return verbTable[verb].args;
}

/** How far ahead `expiresAt` may lie, and by how much two clocks may differ, milliseconds. */
export const maxExpiryMs = 10 * 60_000;
export const clockToleranceMs = 30_000;
/** The default life of a command that no agent has seen yet, milliseconds. */
export const defaultExpiryMs = 60_000;

/** A command as it is published; `args` is checked against the verb's own schema in a second step. */
export const CommandEnvelope = Type.Object(
  {
    v: Type.Literal(wireVersion),
    op: OpId,
    expiresAt: Instant,
    parentOp: Type.Optional(OpId),
    deadlineAt: Type.Optional(
      Type.String({
        ...Instant,
        description:
          "of an acting verb: nodes that are not done by then end with deadline-exceeded, as by a cancel; a child has no later one than its parent",
      }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: "of an acting verb: tell what would become of each node" })),
    args: Type.Record(Type.String(), Type.Unknown()),
  },
  { additionalProperties: false },
);

export interface Command<V extends Verb = Verb> {
  readonly v: typeof wireVersion;
  readonly op: OpId;
  readonly expiresAt: Instant;
  readonly parentOp?: OpId;
  readonly deadlineAt?: Instant;
  readonly dryRun?: boolean;
  readonly args: ArgsOf<V>;
}

/** The whole schema of one verb's command, for the published JSON Schemas. */
export function commandSchemaOf(verb: Verb): TSchema {
  return Type.Object({ ...CommandEnvelope.properties, args: argsSchemaOf(verb) }, { additionalProperties: false });
}
