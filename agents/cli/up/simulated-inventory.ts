import type { AgentName, NodeTypeOverrides } from "../../../contracts/index.ts";
import type { Inventory } from "../../../infra/db/index.ts";
import { seal } from "../../../infra/secrets/index.ts";
import type { SimulatedNode } from "../../../infra/simulator/index.ts";
import type { SitePlan } from "./fleet-file.ts";
import { adminUser } from "./site-files.ts";

/** The times of simulated machines, which boot in one to three seconds: seconds where a real one has minutes. */
const simulatedTimes: NodeTypeOverrides = {
  probeWithinMs: 400,
  reconfigureMs: 6_000,
  prepareMs: 6_000,
  sshRebootMs: 6_000,
  silenceIntervalMs: 100,
  diagSilencePolls: 10,
  wakeMs: 1_000,
  bmcHoldMs: 5_000,
  powerConfirmMs: 20_000,
  powerPollMs: 200,
  powerDelayS: 5,
  waitTimeS: 15,
  setupWaitS: 15,
  reloadStartS: 12,
  reloadBaseS: 60,
  reloadStallS: 15,
};

/** What nodes of every simulated type are loaded with when a reload names no image, if the fleet has an image of that name. */
const defaultImage = "base";

/** At most so many power-ons of one circuit in any so many seconds. */
export interface Pacing {
  readonly maxPowerOns: number;
  readonly windowS: number;
}

export interface SimulatedInventoryOptions {
  readonly plan: SitePlan;
  readonly machines: readonly SimulatedNode[];
  /** Public keys of people and agents by name. */
  readonly keys: ReadonlyMap<string, string>;
  readonly agents: readonly AgentName[];
  /** How every circuit of the fleet is paced; null: not at all. */
  readonly pacing: Pacing | null;
  /** The reboot agent's public sealing key. */
  readonly sealingKey: string;
}

/** What the registry holds of a simulated site: its people, agents, experiments, and each machine with its free ports. */
export function simulatedInventory(options: SimulatedInventoryOptions): Inventory {
  const { plan, machines, keys, agents, pacing, sealingKey } = options;
  const circuits = new Set(plan.nodes.flatMap(({ circuit }) => (circuit === undefined ? [] : [circuit])));
  const machineOf = new Map(machines.map((machine) => [machine.name, machine]));
  const keyOf = (name: string) => keys.get(name) ?? "";
  const nodes = plan.nodes.flatMap((node) => {
    const machine = machineOf.get(node.name);
    return machine ? [{ node, machine }] : [];
  });
  return {
    users: [
      { name: adminUser, kind: "person", publicKey: keyOf(adminUser), isAdmin: true },
      ...plan.users.map(({ name, projects }) => ({ name, kind: "person" as const, publicKey: keyOf(name), projects })),
      ...agents.map((name) => ({ name, kind: "agent" as const, publicKey: keyOf(name) })),
    ],
    nodeTypes: [...new Set(plan.nodes.map(({ type }) => type))].map((name) => ({
      name,
      settings: simulatedTimes,
      ...(plan.images.some((image) => image.name === defaultImage) ? { defaultImage } : {}),
    })),
    circuits: [...circuits].map((name) => ({ name, ...(pacing ?? { maxPowerOns: null }) })),
    experiments: plan.experiments.map(({ name, os }) => ({ ...partsOf(name), ...(os === undefined ? {} : { os }) })),
    nodes: nodes.map(({ node, machine }) => ({
      name: node.name,
      type: node.type,
      address: machine.address,
      mac: machine.mac,
      liveness: `tcp:${machine.probePort}`,
      sshPort: machine.sshPort,
      sshHostKey: machine.sshHostKey,
      power: { driver: "ipmi", address: machine.address, port: machine.bmcPort, username: machine.bmcUsername },
      ...(node.circuit === undefined ? {} : { circuit: node.circuit }),
      ...(node.experiment === undefined ? {} : experimentOf(node.experiment)),
    })),
    bmcCredentials: machines.map(({ name, bmcPassword }) => ({
      node: name,
      sealedPassword: seal(sealingKey, bmcPassword, name),
    })),
  };
}

function partsOf(experiment: string): { readonly project: string; readonly name: string } {
  const [project = "", name = ""] = experiment.split("/");
  return { project, name };
}

function experimentOf(name: string): { readonly project: string; readonly experiment: string } {
  const { project, name: experiment } = partsOf(name);
  return { project, experiment };
}
