import { startBootAgent } from "./boot/agent.ts";
import { startRebootAgent } from "./reboot/agent.ts";
import { startRegistryAgent } from "./registry/agent.ts";
import { startReloadAgent } from "./reload/agent.ts";
import { startSetupAgent } from "./setup/agent.ts";
import type { RunningAgent } from "./runtime/agent.ts";
import { type AgentsConfig, type HostedAgent, sectionOf } from "./runtime/config.ts";
import type { Log } from "./runtime/log.ts";

/** A replica that was started, and where nodes reach it if it is a boot agent. */
export interface HostedReplica extends RunningAgent {
  readonly nodeUrl?: string;
}

/** The composition root: the one place that imports every agent. A new agent is a folder, and a row here and in the config. */
const starters: Readonly<Record<HostedAgent, (config: AgentsConfig, log: Log) => Promise<HostedReplica>>> = {
  reboot: (config, log) => startRebootAgent(config, sectionOf(config, "reboot"), log),
  reload: (config, log) => startReloadAgent(config, sectionOf(config, "reload"), log),
  setup: (config, log) => startSetupAgent(config, sectionOf(config, "setup"), log),
  registry: (config, log) => startRegistryAgent(config, sectionOf(config, "registry"), log),
  boot: (config, log) => startBootAgent(config, sectionOf(config, "boot"), log),
};

/** Starts one replica of an agent in this process. Throws AgentConfigError, KeyFileError, BusUnreachableError. */
export function startAgent(kind: HostedAgent, config: AgentsConfig, log: Log): Promise<HostedReplica> {
  return starters[kind](config, log.child({ agent: kind }));
}
