import { readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import type { BootPlan } from "../../../../contracts/index.ts";
import type { ImageManifest } from "../../../../infra/images/index.ts";
import { createIpmiClient } from "../../../../infra/ipmi-js/index.ts";
import {
  type FaultName,
  type JournalEntry,
  type JournalEvent,
  createFleet,
} from "../../../../infra/simulator/index.ts";
import { type BootSite, openBootSite } from "../../../agents/boot/boot-site.ts";
import type { DatabaseServer } from "../../../support/database.ts";
import { nodeOf } from "../../../support/inventory.ts";
import type { TestBus } from "../../../support/test-bus.ts";
import { scratchFolder } from "../../embedded/support/scratch.ts";
import { type ImageSite, createImageSite } from "../../images/support/image-site.ts";
import { createSshLogin } from "./ssh-login.ts";
import { until } from "./until.ts";

/** One simulated machine, `pc1`, that is off; a real boot agent; and an image directory with `base`, 8 MiB of a raw disk. */
export interface LoadingSite extends BootSite {
  readonly images: ImageSite;
  /** The raw disk that `base` was made of. */
  readonly raw: Buffer;
  readonly plan: BootPlan;
  /** What is on the machine's disk. */
  readonly disk: () => Buffer;
  readonly control: (action: "power-on" | "power-off" | "power-cycle") => Promise<void>;
  readonly powerState: () => Promise<string>;
  /** What its journal has of a kind. */
  readonly journaled: <K extends JournalEvent["kind"]>(kind: K) => Promise<Extract<JournalEntry, { kind: K }>[]>;
  /** Waits until the journal has so many of a kind, and gives the last. */
  readonly comes: <K extends JournalEvent["kind"]>(
    kind: K,
    times: number,
  ) => Promise<Extract<JournalEntry, { kind: K }>>;
}

export interface LoadingSiteOptions {
  readonly databases: DatabaseServer;
  readonly bus: TestBus;
  readonly faults?: readonly FaultName[];
  /** A block of addresses of the test's own. */
  readonly block: number;
  readonly trusts?: "the images' key" | "another key";
}

export async function openLoadingSite(t: TestContext, options: LoadingSiteOptions): Promise<LoadingSite> {
  const { databases, bus, faults = [], block, trusts = "the images' key" } = options;
  const images = await createImageSite(t);
  const raw = await images.createRaw(8);
  const { manifest, record } = await images.captured();
  const login = await createSshLogin();
  t.after(() => login[Symbol.asyncDispose]());
  const key = trusts === "the images' key" ? images.key : (await createImageSite(t)).key;
  const fleet = await createFleet({
    nodes: [{ name: "pc1", faults: ["powered-off", ...faults] }],
    bootMs: [50, 100],
    firstAddress: `127.20.${block}.1`,
    authorizedKey: login.publicKey,
    diskDir: scratchFolder(t),
    imageKey: key.publicKey,
  });
  t.after(() => fleet.close());
  const [node] = fleet.nodes;
  const { name, address, mac, bmcPort, bmcUsername, bmcPassword, diskFile } = node!;
  const nodes = [nodeOf(name, { address, mac })];
  const site = await openBootSite(t, { databases, bus }, { nodes, section: { imageDir: images.directory } });
  await fleet.start({ bootUrl: site.nodeUrls[0]! });
  const ipmi = createIpmiClient({ keepSessionMs: 0 });
  t.after(() => ipmi[Symbol.asyncDispose]());
  const bmc = { address, port: bmcPort, username: bmcUsername, password: bmcPassword };
  const journaled: LoadingSite["journaled"] = async (kind) => {
    const isOfKind = (entry: JournalEntry): entry is Extract<JournalEntry, { kind: typeof kind }> =>
      entry.kind === kind;
    return (await fleet.journal(name)).filter(isOfKind);
  };
  return {
    ...site,
    ...{ images, raw, journaled },
    plan: { images: [plannedOf(manifest, record.manifestSha256)], prepare: true, zeroFree: false },
    disk: () => readFileSync(diskFile!),
    control: async (action) => {
      await ipmi.chassisControl(bmc, action);
    },
    powerState: async () => (await ipmi.chassisStatus(bmc)).powerState,
    comes: (kind, times) => until(`${times} × ${kind}`, async () => (await journaled(kind))[times - 1], 30_000),
  };
}

export function plannedOf(manifest: ImageManifest, manifestSha256: string): BootPlan["images"][number] {
  const { image, partition, rawSizeBytes: rawBytes, fileSizeBytes: fileBytes } = manifest;
  const target = partition === undefined ? {} : { partition };
  return { image, ...target, rawBytes, fileBytes, manifestSha256, transport: { kind: "http" } };
}
