import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Reveille } from "../../../bus/index.ts";
import { startBootAgent } from "../../../agents/boot/agent.ts";
import { subjectsOf } from "../../../contracts/index.ts";
import type { BootPlan, LoadProgress, NodeState, PlannedImage, StateChange } from "../../../contracts/index.ts";
import { captureImage, createImageKey, openImageStore } from "../../../infra/images/index.ts";
import type { ImageManifest } from "../../../infra/images/index.ts";
import { createIpmiClient } from "../../../infra/ipmi-js/index.ts";
import { type Lab, type LabNode, buildRamdisk, createLab, fetchKernel, makeOsDisk } from "../../../infra/lab/index.ts";
import { writeSecret } from "../../../infra/embedded/index.ts";
import { createSealingKey, seal } from "../../../infra/secrets/index.ts";
import type { DatabaseServer, Scope } from "../../support/database.ts";
import { nodeOf, siteOf } from "../../support/inventory.ts";
import { startTestBus, testSite } from "../../support/test-bus.ts";
import { type ActingAgentsOptions, startActingAgents } from "./acting-agents.ts";

export const usualDiskBytes = 96 * 1024 * 1024;
export const bootAgentPort = 8_099;
/** An emulated machine on a busy one takes its time. */
const patienceMs = 600_000;

export interface LoadScene {
  readonly lab: Lab;
  readonly imageDir: string;
  /** The image `base`: what its disk holds, and its manifest. */
  readonly raw: Buffer;
  readonly manifest: ImageManifest;
  /** Has a node load `base` when it next boots, by HTTP unless `more` has it otherwise, as the reload agent does. */
  readonly arm: (node: LabNode, more?: Partial<PlannedImage>) => Promise<void>;
  /** Asks the node's BMC over IPMI. */
  readonly power: (node: LabNode, control: "power-on" | "power-off" | "hard-reset") => Promise<void>;
  /**
   * Starts the reload, reboot and registry agents, and gives a person who may ask them everything; with `multicast`, images are
   * sent by it.
   */
  readonly startActingAgents: (options?: Pick<ActingAgentsOptions, "multicast">) => Promise<Reveille>;
  /** Resolves with this node's next report of this state. */
  readonly state: (node: LabNode, state: NodeState) => Promise<StateChange>;
  /** Resolves when this node tells that it has written something. */
  readonly progress: (node: LabNode) => Promise<LoadProgress>;
}

/** Machines vm1 and so on, powered off, a real boot agent that they can boot from, and an image of a system for them. */
export async function loadScene(
  t: Scope,
  databases: DatabaseServer,
  options: { readonly machines: number; readonly subnet: number; readonly diskBytes?: number },
): Promise<LoadScene> {
  const { machines, subnet, diskBytes = usualDiskBytes } = options;
  const folder = await mkdtemp(join(tmpdir(), "reveille-lab-"));
  // The latest first: node:test would run several hooks the other way round.
  const stops: (() => PromiseLike<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  t.after(async () => {
    for (const stop of stops.reverse()) await stop();
  });
  const imageDir = join(folder, "images");
  await mkdir(imageDir);
  const kernel = await fetchKernel();
  const disk = await makeOsDisk({ kernel, bootAgentPort, name: "base" });
  const { publicKey, privateKey } = createImageKey();
  const image = await captureBase(disk, imageDir, privateKey);
  const ramdiskFile = join(folder, "ramdisk");
  await buildRamdisk(ramdiskFile, { kernel, imagePublicKey: publicKey });

  const names = Array.from({ length: machines }, (_, index) => [`vm${index + 1}`, diskBytes] as const);
  const lab = await createLab({ folder, subnet, machines: Object.fromEntries(names), bootAgentPort });
  stops.push(() => lab[Symbol.asyncDispose]());
  const bus = await startTestBus();
  stops.push(() => bus[Symbol.asyncDispose]());
  const sealing = createSealingKey();
  const people = [
    { name: "alice", kind: "person", publicKey: bus.identity("alice").publicKey, isAdmin: true },
  ] as const;
  const agents = (["reload", "reboot"] as const).map((name) => {
    return { name, kind: "agent", publicKey: bus.identity(name).publicKey } as const;
  });
  const inventory = siteOf(lab.nodes.map(inventoryOf), {
    users: [...people, ...agents],
    bmcCredentials: lab.nodes.map(({ name, bmc }) => ({
      node: name,
      sealedPassword: seal(sealing.publicKey, bmc.password, name),
    })),
  });
  const database = await databases.newDatabase(t, inventory);
  const databaseUrlFile = join(folder, "database.url");
  await writeSecret(databaseUrlFile, database.urlOf("boot"));
  const agent = await startBootAgent(
    { site: testSite, url: bus.nats.url },
    {
      ...{ keyFile: await bus.writeKey("boot"), databaseUrlFile, imageDir, kernelFile: kernel.file, ramdiskFile },
      ...{ host: lab.bridge.address, port: bootAgentPort, consoleArgs: "console=ttyS0 quiet panic=5" },
    },
    pino({ level: "silent" }),
  );
  stops.push(() => agent.stop());
  const client = createIpmiClient();
  stops.push(() => client.close());

  const listener = await bus.join("reload");
  const next = <T>(node: LabNode, subject: string, isWanted: (message: T) => boolean): Promise<T> => {
    const subscription = listener.subscribe(subject);
    const late = setTimeout(() => subscription.unsubscribe(), patienceMs);
    const take = async (): Promise<T> => {
      for await (const message of subscription) {
        const told = message.json<T>();
        if (!isWanted(told)) continue;
        clearTimeout(late);
        subscription.unsubscribe();
        return told;
      }
      throw new Error(`not within ${patienceMs} ms, on ${subject}; the console: ${await tailOf(node.consoleFile)}`);
    };
    return take();
  };
  const subjects = subjectsOf(testSite);
  return {
    ...{ lab, imageDir, ...image },
    arm: async ({ name }, more) => {
      const { manifest, record } = image;
      const { manifestSha256 } = record;
      const sizes = { rawBytes: manifest.rawSizeBytes, fileBytes: manifest.fileSizeBytes, manifestSha256 };
      const transport = { kind: "http" } as const;
      const plan: BootPlan = {
        images: [{ image: "base", ...sizes, transport, ...more }],
        zeroFree: false,
        prepare: true,
      };
      await database.owner`
        insert into reload.boot_selections (node, boot, load_id, plan)
        values (${name}, 'loader', ${randomBytes(16).toString("hex")}, ${database.owner.json(plan)})`;
    },
    startActingAgents: async (options = {}) => {
      const keys = { signingKey: privateKey, sealingKey: sealing.privateKey };
      const acting = await startActingAgents({ bus, database, folder, imageDir, image, ...keys, ...options });
      stops.push(() => acting.stop());
      return acting.alice;
    },
    power: async ({ bmc }, control) => {
      await client.chassisControl({ ...bmc, cipherSuite: 3 }, control);
    },
    state: (node, state) => next<StateChange>(node, subjects.state(node.name), (change) => change.state === state),
    progress: (node) => next<LoadProgress>(node, subjects.progress(node.name), ({ bytesWritten }) => bytesWritten > 0),
  };
}

/** What lies on a node's disk when its ramdisk resets it: nothing else writes it before that has settled. */
export function diskAtReset(node: LabNode, length: number): Promise<Buffer> {
  return new Promise((resolve) => {
    node.onGuestReset = async () => resolve(await diskOf(node, length));
  });
}

/** Bytes of a node's disk, the first ones unless `position` is given. */
export async function diskOf({ diskFile }: LabNode, length: number, position = 0): Promise<Buffer> {
  const file = await open(diskFile);
  try {
    return (await file.read(Buffer.alloc(length), 0, length, position)).buffer;
  } finally {
    await file.close();
  }
}

/** What an inventory says of a machine: ipmi_sim has cipher suite 3 alone, and the system serves port 80. */
function inventoryOf({ name, mac, address, bmc }: LabNode) {
  const { address: bmcAddress, port, username } = bmc;
  const power = { driver: "ipmi", address: bmcAddress, port, username, cipherSuite: 3 };
  return nodeOf(name, { address, mac, power, liveness: "tcp:80" });
}

async function captureBase(disk: string, imageDir: string, privateKey: string) {
  await copyFile(disk, join(imageDir, "base.raw"));
  const store = await openImageStore(imageDir);
  const source = await store.openSource("base.raw");
  assert.ok(source.ok);
  const settings = { store, image: "base", privateKey, now: new Date(), signal: new AbortController().signal };
  const image = await captureImage(source, settings);
  await source.file.close();
  assert.ok(image.ok);
  const { manifest, record } = image;
  return { manifest, record, raw: await readFile(disk) };
}

/** The end of what a machine wrote to its serial port. */
export const tailOf = async (file: string) => (await readFile(file, "latin1").catch(() => "nothing")).slice(-2_000);
