import type { SshOutcome } from "../../../infra/ssh/index.ts";
import type { ObservationOf } from "../ladder/observation.ts";
import { type NodeContext, sshTargetOf } from "../node-context.ts";
import type { SshClientOptions } from "../ssh-clients.ts";
import { awaitDown } from "./await-down.ts";

/** What is run on nodes, as root. The last two are the node image's own hooks. */
export const remoteCommands = {
  reboot: "reboot",
  reconfigure: "reveille-reconfigure",
  prepare: "reveille-prepare",
  rebootGuest: (guest: string) => `reveille-reboot-guest ${guest}`,
} as const;

/** Outcomes after which the remote command may have run; after the others it has not. */
const mayHaveRun: ReadonlySet<SshOutcome["outcome"]> = new Set(["exited", "timed-out", "connection-lost"]);

/**
 * Reboots over ssh. The exit status proves nothing; what counts is silence or a new boot id. A step that an earlier
 * replica began is not begun again: only its effect is awaited.
 */
export async function sshReboot(context: NodeContext): Promise<ObservationOf<"ssh-reboot">> {
  const { tools, settings, run, seen } = context;
  const wasPrepared = seen.some((observation) => observation.step === "prepare");
  const polls = wasPrepared ? settings.preparedSilencePolls : settings.silencePolls;
  if (!context.isResumed) {
    // What was begun is ended if it can be: a replica that takes over begins it no second time.
    const options = optionsOf(context, settings.sshRebootMs, run.lostSignal);
    const ended = await tools.ssh.run(sshTargetOf(context), remoteCommands.reboot, options);
    if (!mayHaveRun.has(ended.outcome)) return { step: "ssh-reboot", wentDown: null, ...detailOf(ended) };
  }
  return { step: "ssh-reboot", wentDown: await awaitDown(context, polls) };
}

export async function reconfigure(context: NodeContext): Promise<ObservationOf<"reconfigure">> {
  const { tools, settings, run } = context;
  const options = optionsOf(context, settings.reconfigureMs, run.signal);
  const ended = await tools.ssh.run(sshTargetOf(context), remoteCommands.reconfigure, options);
  return { step: "reconfigure", isDone: succeeded(ended), ...detailOf(ended) };
}

export async function prepare(context: NodeContext): Promise<ObservationOf<"prepare">> {
  const { tools, settings, run } = context;
  const options = optionsOf(context, settings.prepareMs, run.signal);
  const ended = await tools.ssh.run(sshTargetOf(context), remoteCommands.prepare, options);
  return { step: "prepare", isDone: succeeded(ended), ...detailOf(ended) };
}

/** Reboots a virtual node over ssh on its host. */
export async function rebootOnHost(context: NodeContext): Promise<ObservationOf<"reboot-on-host">> {
  const { tools, settings, run } = context;
  const { host } = run;
  if (!host) return { step: "reboot-on-host", isDone: false, detail: "the virtual node has no host" };
  if (context.isResumed) {
    return { step: "reboot-on-host", isDone: false, detail: `whether ${host.node} rebooted it before is unknown` };
  }
  const target = { node: host.node, address: host.address, port: host.sshPort, hostKey: host.sshHostKey ?? undefined };
  const options = optionsOf(context, settings.reconfigureMs, run.lostSignal);
  const ended = await tools.ssh.run(target, remoteCommands.rebootGuest(run.node), options);
  return { step: "reboot-on-host", isDone: succeeded(ended), ...detailOf(ended) };
}

function optionsOf(context: NodeContext, timeoutMs: number, signal: AbortSignal): SshClientOptions {
  const { settings, run } = context;
  const mayBegin = () => !context.isStopped();
  return { timeoutMs, connectMs: settings.sshConnectMs, signal, leaveSignal: run.leaveSignal, mayBegin };
}

function succeeded(ended: SshOutcome): boolean {
  return ended.outcome === "exited" && ended.status === 0;
}

function detailOf(ended: SshOutcome): { readonly detail?: string } {
  if (ended.outcome !== "exited") return { detail: ended.detail };
  return ended.status === 0 ? {} : { detail: `exit status ${ended.status}: ${ended.stderr.trim().slice(0, 500)}` };
}
