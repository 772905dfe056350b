import type { ActingVerb, ArgsOf, NodeSelection } from "../../../contracts/index.ts";
import { conclude } from "../conclusion/conclude.ts";
import { type CommandRecord, type Ending, RefusedError } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import { type NodeSetText, checkNodeSet } from "../node-set/resolve-node-set.ts";
import type { Surroundings } from "../surroundings.ts";
import { confirmWave } from "./confirm-wave.ts";
import { dryRun } from "./dry-run.ts";
import { type OperationFlags, outputModeOf } from "./flags.ts";
import { followOperation, refusalEnding } from "./follow.ts";
import { nameNodes } from "./name-nodes.ts";
import { refuseBadId } from "./operation-id.ts";
import { readGroupNames } from "./read-inventory.ts";
import { waveLimitsOf } from "./args/wave-limits.ts";
import { withCoordinator } from "./with-coordinator.ts";

/** Which nodes the command line says a command is for: exactly one of the three. */
interface WrittenSelection {
  readonly nodes: readonly string[];
  readonly experiment?: string | undefined;
  readonly isFree?: boolean | undefined;
}

/** A command line that begins an operation, read but not yet checked. */
interface OperationRequest<V extends ActingVerb> {
  readonly verb: V;
  readonly selection: WrittenSelection;
  /** The verb's own arguments. Throws RefusedError if they do not go together. */
  readonly ownArgs: () => Omit<ArgsOf<V>, keyof NodeSelection>;
  /** What a person is asked to confirm, `reboot`; undefined for what harms nothing. */
  readonly destructiveDeed: string | undefined;
  readonly flags: OperationFlags;
}

/** From the command line to the end: resolve the nodes, ask before a large wave, submit, follow. */
export async function runOperation<V extends ActingVerb>(
  surroundings: Surroundings,
  request: OperationRequest<V>,
): Promise<void> {
  const { verb, flags } = request;
  const op = flags.id ?? surroundings.newOpId();
  const command = { verb, op, mode: outputModeOf(flags), isDebug: flags.debug === true };
  await conclude(surroundings, command, async (record, signal) => {
    refuseBadId(op);
    const limits = waveLimitsOf(flags);
    const ownArgs = request.ownArgs();
    refuseBadSelection(request);
    const written = writtenNodes(request);
    checkNodeSet(written);
    return withCoordinator(surroundings, flags, { record, signal }, async (coordinator) => {
      const selection: NodeSelection = selectionOf(request.selection) ?? {
        nodelist: await nameNodes(written, coordinator, surroundings),
      };
      const args = { ...selection, ...ownArgs, ...limits } as ArgsOf<V>;
      if (flags.dryRun)
        return dryRun({ verb, args }, coordinator, surroundings, { record, isJson: command.mode !== "text" });
      await confirm(request, selection, { coordinator, surroundings });
      signal.throwIfAborted();
      return submitAndFollow(coordinator, { verb, args, op }, { surroundings, flags, record, signal });
    });
  });
}

async function submitAndFollow<V extends ActingVerb>(
  coordinator: Coordinator,
  command: { readonly verb: V; readonly args: ArgsOf<V>; readonly op: string },
  run: {
    readonly surroundings: Surroundings;
    readonly flags: OperationFlags;
    readonly record: CommandRecord;
    readonly signal: AbortSignal;
  },
): Promise<Ending> {
  run.record.isSent = true;
  const operation = await coordinator.submit(command.verb, command.args, { op: command.op });
  const refusal = refusalEnding(operation);
  if (refusal) return refusal;
  if (!run.flags.async) return followOperation(operation, run.surroundings, run.flags, run.signal);
  operation.detach();
  return { kind: "accepted" };
}

function refuseBadSelection({ selection, flags }: OperationRequest<ActingVerb>): void {
  const ways = [selection.nodes.length > 0, selection.experiment !== undefined, selection.isFree === true];
  const given = ways.filter(Boolean).length;
  if (given === 0) throw new RefusedError("nodelist-empty", "no node is named");
  if (given > 1) throw new RefusedError("malformed-arguments", "give one of NODES, -e PROJ/EXP and --free");
  if (selection.nodes.length === 0 && flags.exclude !== undefined) {
    const detail = "-x leaves out some of NODES; for part of an experiment write @PROJ/EXP -x NODES";
    throw new RefusedError("malformed-arguments", detail);
  }
}

function writtenNodes({ selection, flags }: OperationRequest<ActingVerb>): NodeSetText {
  return { included: selection.nodes, ...(flags.exclude ? { excluded: flags.exclude } : {}) };
}

/** What the agent resolves itself; undefined where the nodes are named. */
function selectionOf({ experiment, isFree }: WrittenSelection): NodeSelection | undefined {
  if (experiment !== undefined) return { experiment: experiment.toLowerCase() };
  return isFree ? { freemode: true } : undefined;
}

async function confirm(
  { destructiveDeed, flags }: OperationRequest<ActingVerb>,
  selection: NodeSelection,
  ports: { readonly coordinator: Coordinator; readonly surroundings: Surroundings },
): Promise<void> {
  if (destructiveDeed === undefined || flags.yes) return;
  // A group that does not exist has no nodes to ask about: the agent refuses it, with its own reason.
  const names = selection.nodelist ?? (await readGroupNames(ports.coordinator, selection.experiment ?? "free")) ?? [];
  await confirmWave({ deed: destructiveDeed, nodeCount: names.length }, ports.surroundings);
}
