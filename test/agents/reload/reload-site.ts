import { mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { pino } from "pino";
import { makeSiteImages } from "../../../agents/cli/up/site-images.ts";
import { startReloadAgent } from "../../../agents/reload/agent.ts";
import type { RunningAgent } from "../../../agents/runtime/agent.ts";
import type { InboxPublisher, Knock, Reveille } from "../../../bus/index.ts";
import {
  type ArgsOf,
  type BootPlan,
  type LoadProgress,
  type NodeResult,
  type NodeTypeOverrides,
  type StateChange,
  subjectsOf,
  wireVersion,
} from "../../../contracts/index.ts";
import { importImages } from "../../../infra/db/index.ts";
import { writeSecret } from "../../../infra/embedded/index.ts";
import { createImageKey } from "../../../infra/images/index.ts";
import type { DatabaseServer, TestDatabase } from "../../support/database.ts";
import { startFakeReboot } from "../../support/fake-agent.ts";
import { nodeOf, siteOf } from "../../support/inventory.ts";
import { type TestBus, testSite } from "../../support/test-bus.ts";

type CommandKnock = Extract<Knock, { kind: "command" }>;

/** Times of a machine that a test plays: nothing is waited for longer than a test has patience. */
const quick: NodeTypeOverrides = { reloadStartS: 30, reloadBaseS: 60, reloadStallS: 30, waitTimeS: 30 };

/** What a reload node shall boot, as the boot agent would read it. */
export interface Selection {
  readonly boot: "disk" | "loader" | "wait";
  readonly loadId: string;
  readonly plan: BootPlan | null;
}

/** A reboot that was asked for, and the pen to answer it with. */
export interface AskedReboot {
  readonly op: string;
  readonly parentOp: string | undefined;
  readonly deadlineAt: string | undefined;
  readonly nodes: readonly string[];
  readonly powercycle: boolean;
  /** Again, as to a replay: with the results so far. */
  accept(): void;
  end(node: string, result?: Partial<NodeResult>): void;
}

/**
 * The reload agent on a real bus and a real database, between a person who asks, a reboot agent that does what the test
 * says, and nodes that the test speaks for.
 */
export interface ReloadSite extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly imageDir: string;
  readonly alice: Reveille;
  /** Each reboot that the agent asks for, in order; by default it succeeds at once. */
  readonly reboots: readonly AskedReboot[];
  /** The n-th of them, from 1, once it is asked for. */
  reboot(n: number): Promise<AskedReboot>;
  /** The reboots that the agent cancels, by their ids. */
  readonly cancels: readonly string[];
  /** The nodes whose consoles it has followed, each with the operation that it is for. */
  readonly consoles: readonly { readonly parentOp: string | undefined; readonly nodes: readonly string[] }[];
  /** Starts one more replica; the first runs already. */
  startReplica(): Promise<RunningAgent>;
  /** Stops all that run. */
  stopReplicas(): Promise<void>;
  /** What a node shall boot, once it is so. */
  selectionOf(node: string, boot: Selection["boot"], unlike?: string): Promise<Selection>;
  /** A node's report, by the boot agent's hand: in its table, then on the bus. */
  report(node: string, report: Pick<StateChange, "state"> & Partial<StateChange>): Promise<void>;
  progress(node: string, progress: Omit<LoadProgress, "v" | "node">): Promise<void>;
  /** The digest of an image that the site has. */
  digestOf(image: string): string;
}

export interface ReloadSiteOptions {
  readonly nodes: readonly string[];
  readonly settings?: NodeTypeOverrides;
  readonly onReboot?: (reboot: AskedReboot) => void | Promise<void>;
  /** By which interface images are sent by multicast; default: by HTTP alone. */
  readonly multicastInterface?: string;
}

export async function reloadSite(
  t: TestContext,
  servers: { readonly databases: DatabaseServer; readonly bus: TestBus },
  options: ReloadSiteOptions,
): Promise<ReloadSite> {
  const { databases, bus } = servers;
  const dir = mkdtempSync(join(tmpdir(), "reveille-reload-"));
  const imageDir = join(dir, "images");
  await mkdir(imageDir);
  const { privateKey } = createImageKey();
  const plan = ["base", "home", "missing"].map((name) => ({ name, sizeMiB: 1, isMissing: name === "missing" }));
  const images = await makeSiteImages(plan, { imageDir, privateKey, seed: 1 });

  const keyOf = (name: Parameters<TestBus["identity"]>[0]) => bus.identity(name).publicKey;
  const nodes = options.nodes.map((name, n) => nodeOf(name, { mac: `02:00:00:00:00:${String(n).padStart(2, "0")}` }));
  const inventory = siteOf(nodes, {
    users: [
      { name: "alice", kind: "person", publicKey: keyOf("alice"), isAdmin: true },
      { name: "bob", kind: "person", publicKey: keyOf("bob"), projects: ["other"] },
      { name: "reload", kind: "agent", publicKey: keyOf("reload") },
    ],
    nodeTypes: [{ name: "pc", defaultImage: "base", settings: { ...quick, ...options.settings } }],
  });
  const database = await databases.newDatabase(t, inventory);
  await importImages(database.ownerUrl, images);

  const seedFile = await bus.writeKey("reload");
  const databaseUrlFile = join(dir, "database.url");
  const signingKeyFile = join(dir, "image-key.pem");
  await writeSecret(databaseUrlFile, `${database.urlOf("reload")}\n`);
  await writeSecret(signingKeyFile, privateKey);
  const multicast =
    options.multicastInterface === undefined ? {} : { multicast: { interface: options.multicastInterface } };
  const section = { keyFile: seedFile, databaseUrlFile, imageDir, signingKeyFile, ...multicast };
  const replicas: RunningAgent[] = [];
  const startReplica = async () => {
    const config = { site: testSite, url: bus.nats.url };
    const replica = await startReloadAgent(config, section, pino({ level: "silent" }));
    replicas.push(replica);
    return replica;
  };
  const stopReplicas = async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
  };

  const reboots: AskedReboot[] = [];
  const cancels: string[] = [];
  const consoles: ReloadSite["consoles"][number][] = [];
  const onReboot = options.onReboot ?? succeedAtOnce;
  const reboot = await startFakeReboot(bus, (knock, say) => {
    const { to, verb, command } = knock;
    if (verb === "cancel-reboot") {
      cancels.push((command.args as { target: string }).target);
      say.answer(to, {});
      return;
    }
    if (verb === "console") {
      const { nodelist } = command.args as ArgsOf<"console">;
      consoles.push({ parentOp: command.parentOp, nodes: nodelist });
      say.answer(to, { followed: nodelist });
      return;
    }
    const known = reboots.find(({ op }) => op === to.op);
    if (known) known.accept();
    else reboots.push(askedOf(knock, say));
    if (!known) void onReboot(reboots.at(-1)!);
  });
  const boot = await bus.join("boot");
  const alice = await bus.coordinator("alice");
  await startReplica();
  const { owner } = database;

  return {
    ...{ database, imageDir, alice, reboots, cancels, consoles, startReplica, stopReplicas },
    async reboot(n) {
      while (reboots.length < n) await pause(20);
      return reboots[n - 1]!;
    },
    async selectionOf(node, wanted, unlike = "") {
      for (;;) {
        const [row] = await owner<Selection[]>`
          select boot, load_id as "loadId", plan from reload.boot_selections where node = ${node}`;
        if (row?.boot === wanted && row.loadId !== unlike) return row;
        await pause(20);
      }
    },
    async report(node, { state, reportedBy = "address", bootId, loadId, loaded, failure, detail }) {
      const [row] = await owner<{ id: number; reportedAt: Date }[]>`
        insert into boot.state_reports (node, state, reported_by, boot_id, load_id, loaded, failure, detail)
        values (${node}, ${state}, ${reportedBy}, ${bootId ?? null}, ${loadId ?? null},
                ${loaded ? owner.json(loaded) : null}, ${failure ?? null}, ${detail ?? null})
        returning id::float8 as id, reported_at as "reportedAt"`;
      const optional = Object.entries({ bootId, loadId, loaded, failure, detail }).filter(([, value]) => value);
      const change = { v: wireVersion, id: row!.id, node, state, reportedBy, ...Object.fromEntries(optional) };
      const reportedAt = row!.reportedAt.toISOString();
      boot.publish(subjectsOf(testSite).state(node), JSON.stringify({ ...change, reportedAt }));
      await boot.flush();
    },
    async progress(node, progress) {
      boot.publish(subjectsOf(testSite).progress(node), JSON.stringify({ v: wireVersion, node, ...progress }));
      await boot.flush();
    },
    digestOf: (image) => images.find(({ name }) => name === image)?.rawSha256 ?? "",
    async [Symbol.asyncDispose]() {
      await stopReplicas();
      await Promise.all([reboot.leave(), boot.close(), alice.close()]);
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function succeedAtOnce(reboot: AskedReboot): void {
  reboot.accept();
  for (const node of reboot.nodes) reboot.end(node);
}

function askedOf({ to, command }: CommandKnock, say: InboxPublisher): AskedReboot {
  const { nodelist = [], powercycle = false } = command.args as { nodelist?: string[]; powercycle?: boolean };
  const at = new Date().toISOString();
  const ended = new Map<string, NodeResult>();
  return {
    ...{ op: to.op, parentOp: command.parentOp, deadlineAt: command.deadlineAt, nodes: nodelist, powercycle },
    accept() {
      say.accepted(to, "reboot", nodelist);
      for (const [node, result] of ended) say.event(to, { kind: "result", node, result });
    },
    end(node, more = {}) {
      const succeeded = { status: 0, outcome: "succeeded", reason: "silence-observed", via: "ssh" } as const;
      const result: NodeResult = { ...succeeded, attempts: 1, startedAt: at, finishedAt: at, ...more };
      ended.set(node, result);
      say.event(to, { kind: "result", node, result });
    },
  };
}
