import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Context } from "../../../bus/index.ts";
import {
  type AgentName,
  agentNames,
  agentPermissions,
  isAgentName,
  personPermissions,
} from "../../../contracts/index.ts";
import { importImages, importInventory, migrateDatabase, openDatabase, roleOf } from "../../../infra/db/index.ts";
import { type EmbeddedServices, lockDirectory, startEmbedded, writeSecret } from "../../../infra/embedded/index.ts";
import { publicKeyOf } from "../../../infra/images/index.ts";
import { type Fleet, createFleet } from "../../../infra/simulator/index.ts";
import { startAgent } from "../../host.ts";
import { stopInOrder } from "../../runtime/agent.ts";
import { type AgentsConfig, type HostedAgent, hostedAgents, readAgentsConfig } from "../../runtime/config.ts";
import type { Log } from "../../runtime/log.ts";
import { followPeople } from "./follow-people.ts";
import { forkAgent } from "./fork-agent.ts";
import type { SitePlan } from "./fleet-file.ts";
import { type Pacing, simulatedInventory } from "./simulated-inventory.ts";
import {
  type SiteFiles,
  adminUser,
  ensureImageKey,
  ensureKey,
  ensureSealingKey,
  ensureSshKey,
  makeSiteFolders,
  newPassword,
  siteFilesOf,
} from "./site-files.ts";
import { makeSiteImages } from "./site-images.ts";

export interface SiteOptions {
  /** Holds everything of the site; made if it is missing. */
  readonly dir: string;
  readonly plan: SitePlan;
  readonly log: Log;
  readonly site?: string;
  readonly seed?: number;
  readonly natsPort?: number;
  /** Each agent in a process of its own instead of this one. */
  readonly processes?: boolean;
  /** Replicas of the reboot agent and of the reload agent; default 1. 0 leaves these and the setup agent to whoever runs them elsewhere. */
  readonly replicas?: number;
  /** How the fleet's circuits are paced; default not at all. */
  readonly pacing?: Pacing | null;
  /** Whether PostgreSQL waits for the disk; default true, tests do without. */
  readonly durable?: boolean;
}

/** The simulated machines that one process bears beside the agents; more are forked. */
const nodesPerProcess = 500;

/** A whole site on this machine: services, agents and a simulated fleet. */
export interface EmbeddedSite extends AsyncDisposable {
  readonly context: Context;
  readonly contextFile: string;
  readonly nodeUrl: string;
  readonly fleet: Fleet;
  /** What the site stands on; it may be taken away from under the agents to see how they bear it. */
  readonly services: EmbeddedServices;
  stop(): Promise<void>;
}

/** Starts everything, in the order in which one part needs another; whatever was started is stopped again if a part fails. */
export async function startSite(options: SiteOptions): Promise<EmbeddedSite> {
  const {
    plan,
    log,
    site = "local",
    seed = 1,
    natsPort,
    processes = false,
    replicas = 1,
    durable = true,
    pacing = null,
  } = options;
  const dir = resolve(options.dir);
  const files = siteFilesOf(dir);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = () => stopInOrder(stops.splice(0).reverse());
  try {
    await makeSiteFolders(dir);
    const lock = await lockDirectory(dir);
    stops.push(() => lock.release());
    const people = [adminUser, ...plan.users.map(({ name }) => name)];
    const keys = new Map<string, string>();
    for (const name of [...people, ...agentNames]) keys.set(name, await ensureKey(files, name));
    const [sshKey, sealingKey, privateKey] = await Promise.all([
      ensureSshKey(files),
      ensureSealingKey(files),
      ensureImageKey(files),
    ]);

    const identities = [...keys].map(([name, publicKey]) => ({
      name,
      publicKey,
      permissions: people.includes(name) ? personPermissions(site, name) : agentPermissions(site, name as AgentName),
    }));
    const specs = plan.nodes.map(({ name, faults }) => ({ name, faults }));
    const [services, fleet, images] = await Promise.all([
      startEmbedded({
        dir,
        lock,
        identities,
        natsPort,
        durable,
        onEvent: (event) => log.info(event, "a service of the site"),
      }),
      createFleet({
        ...{ nodes: specs, seed, authorizedKey: sshKey, diskDir: files.diskDir, imageKey: publicKeyOf(privateKey) },
        processes: Math.ceil(specs.length / nodesPerProcess),
      }),
      makeSiteImages(plan.images, { imageDir: files.imageDir, privateKey, seed }),
    ]);
    stops.push(
      () => services.stop(),
      () => fleet.close(),
    );
    const { nats, postgres } = services;

    const passwords = Object.fromEntries(hostedAgents.map((agent) => [agent, newPassword()]));
    await migrateDatabase(postgres.adminUrl, passwords);
    const agents = [...agentNames];
    const inventory = simulatedInventory({ plan, machines: fleet.nodes, keys, agents, pacing, sealingKey });
    await importInventory(postgres.adminUrl, inventory, { dropsOtherNodes: true });
    await importImages(postgres.adminUrl, images);
    for (const agent of hostedAgents) {
      const url = postgres.urlFor(roleOf(agent), passwords[agent] ?? "");
      await writeSecret(files.databaseUrlFileOf(agent), `${url}\n`);
    }
    await writeFile(files.agentsFile, `${JSON.stringify(agentsConfigOf(files, site, nats.url), null, 2)}\n`);
    const config = await readAgentsConfig(files.agentsFile);
    const following = followPeople({
      database: openDatabase({
        url: postgres.urlFor(roleOf("registry"), passwords["registry"] ?? ""),
        name: "reveille up",
        poolSize: 1,
      }),
      nats,
      site,
      agents: identities.filter(({ name }) => isAgentName(name)),
      log,
    });
    stops.push(() => following.stop());

    const start = (kind: HostedAgent) =>
      processes ? forkAgent(kind, files.agentsFile) : startAgent(kind, config, log);
    const replicated = Array.from({ length: replicas }, () => ["reboot", "reload"] as const).flat();
    const kinds: HostedAgent[] = ["boot", "registry", ...(replicas > 0 ? (["setup"] as const) : []), ...replicated];
    const started = await Promise.all(
      kinds.map(async (kind) => {
        const replica = await start(kind);
        stops.push(() => replica.stop());
        return replica;
      }),
    );
    const nodeUrl = started.find((replica) => replica.nodeUrl !== undefined)?.nodeUrl ?? "";
    await fleet.start({ bootUrl: nodeUrl });

    for (const user of people) {
      const context = { site, url: nats.url, user, keyFile: files.keyFileOf(user) };
      await writeFile(files.contextFileOf(user), `${JSON.stringify(context, null, 2)}\n`);
    }
    const context = { site, url: nats.url, user: adminUser, keyFile: files.keyFileOf(adminUser) };
    return {
      context,
      contextFile: files.contextFileOf(adminUser),
      nodeUrl,
      fleet,
      services,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop().catch((err: unknown) => log.warn({ err }, "what was started did not stop cleanly"));
    throw error;
  }
}

function agentsConfigOf(files: SiteFiles, site: string, url: string): AgentsConfig {
  const common = (agent: HostedAgent) => ({
    keyFile: files.keyFileOf(agent),
    databaseUrlFile: files.databaseUrlFileOf(agent),
  });
  const { sshKeyFile, knownHostsDir, sealingKeyFile, imageDir, imageKeyFile: signingKeyFile } = files;
  return {
    site,
    url,
    agents: {
      reboot: { ...common("reboot"), sshKeyFile, knownHostsDir, sealingKeyFile },
      reload: { ...common("reload"), imageDir, signingKeyFile },
      setup: common("setup"),
      registry: common("registry"),
      boot: { ...common("boot"), host: "127.0.0.1", port: 0, imageDir },
    },
  };
}
