import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  adminUser,
  ensureKey,
  ensureSealingKey,
  ensureSshKey,
  makeSiteFolders,
  newPassword,
  siteFilesOf,
} from "../../agents/cli/up/site-files.ts";
import { agentNames, agentPermissions, personPermissions } from "../../contracts/index.ts";
import { importInventory, migrateDatabase, roleOf } from "../../infra/db/index.ts";
import { startEmbedded } from "../../infra/embedded/index.ts";
import { seal } from "../../infra/secrets/index.ts";
import { type Forked, forkReady } from "./forked.ts";
import { root } from "./machine.ts";

/** A durable site whose nodes have no power control, or BMCs that somebody else runs, with agents and a coordinator in processes of their own. */
export interface FleetSite {
  readonly names: readonly string[];
  readonly natsPid: number;
  readonly postgresPid: number;
  /** Of the database's owner. */
  readonly postgresUrl: string;
  readonly registry: Forked;
  readonly reboots: readonly Forked[];
  readonly coordinator: Forked;
  /** The operator's, for the command line. */
  readonly contextFile: string;
  stop(): Promise<void>;
}

const kinds = ["reboot", "registry"] as const;

/** How the nodes of such a site are powered; the password is every BMC's. */
export interface FleetPower {
  readonly of: (index: number) => unknown;
  readonly password: string;
}

/** Starts one with that many nodes and reboot agents; all of it ends with us. */
export async function startFleetSite(nodeCount: number, rebootAgents: number, power?: FleetPower): Promise<FleetSite> {
  const dir = mkdtempSync(join(tmpdir(), "reveille-bench-"));
  const files = siteFilesOf(dir);
  await makeSiteFolders(dir);
  const keys = new Map<string, string>();
  for (const name of [adminUser, ...agentNames]) keys.set(name, await ensureKey(files, name));
  const [sealingKey] = await Promise.all([ensureSealingKey(files), ensureSshKey(files)]);
  const keyOf = (name: string) => keys.get(name) ?? "";
  const services = await startEmbedded({
    dir,
    identities: [
      { name: adminUser, publicKey: keyOf(adminUser), permissions: personPermissions("local", adminUser) },
      ...agentNames.map((name) => ({ name, publicKey: keyOf(name), permissions: agentPermissions("local", name) })),
    ],
  });
  const { nats, postgres } = services;

  const passwords = Object.fromEntries(kinds.map((kind) => [kind, newPassword()]));
  await migrateDatabase(postgres.adminUrl, passwords);
  for (const kind of kinds) {
    const url = postgres.urlFor(roleOf(kind), passwords[kind] ?? "");
    await writeFile(files.databaseUrlFileOf(kind), url, { mode: 0o600 });
  }
  const names = Array.from({ length: nodeCount }, (_, at) => `n${String(at + 1).padStart(5, "0")}`);
  await importInventory(postgres.adminUrl, {
    users: [{ name: adminUser, kind: "person", publicKey: keyOf(adminUser), isAdmin: true }],
    // A dead BMC is tried anew in every round.
    nodeTypes: [{ name: "pc", settings: { bmcHoldMs: 1 } }],
    nodes: names.map((name, index) => {
      return { name, type: "pc", address: "127.0.0.1", power: power?.of(index) ?? { driver: "none" } };
    }),
    bmcCredentials: power
      ? names.map((node) => ({ node, sealedPassword: seal(sealingKey, power.password, node) }))
      : [],
  });

  const own = (kind: string) => ({ keyFile: files.keyFileOf(kind), databaseUrlFile: files.databaseUrlFileOf(kind) });
  const { sshKeyFile, knownHostsDir, sealingKeyFile } = files;
  const reboot = { ...own("reboot"), sshKeyFile, knownHostsDir, sealingKeyFile };
  const config = { site: "local", url: nats.url, agents: { reboot, registry: own("registry") } };
  await writeFile(files.agentsFile, JSON.stringify(config));
  const contextFile = files.contextFileOf(adminUser);
  const context = { site: "local", url: nats.url, user: adminUser, keyFile: files.keyFileOf(adminUser) };
  await writeFile(contextFile, JSON.stringify(context));

  const agent = (kind: string) =>
    forkReady(join(root, "agents/cli/reveille.mjs"), ["agent", kind, "--config", files.agentsFile]);
  const [registry, ...reboots] = await Promise.all([
    agent("registry"),
    ...Array.from({ length: rebootAgents }, () => agent("reboot")),
  ]);
  const coordinator = await forkReady(join(root, "test/bench/coordinator-process.mjs"), [contextFile]);
  return {
    ...{ names, registry, reboots, coordinator, contextFile },
    natsPid: nats.pid,
    postgresPid: postgres.pid,
    postgresUrl: postgres.adminUrl,
    async stop() {
      await Promise.all([coordinator, registry, ...reboots].map((forked) => forked.stop()));
      await services.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
