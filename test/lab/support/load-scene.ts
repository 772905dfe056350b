import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createImageKey } from "../../../infra/images/index.ts";
import { type Lab, type LabNode, buildRamdisk, createLab, fetchKernel, makeOsDisk } from "../../../infra/lab/index.ts";
import { createIpmiClient } from "../../../infra/ipmi-js/index.ts";
import { type LoadServer, type Served, loadServerPort, startLoadServer } from "./load-server.ts";
import { type SmallImage, smallImage } from "./small-image.ts";

const diskBytes = 96 * 1024 * 1024;

export interface LoadScene {
  /** A folder of the test's own. */
  readonly folder: string;
  readonly lab: Lab;
  readonly server: LoadServer;
  readonly served: Served;
  readonly image: SmallImage;
  /** What the BMC of this node is asked over IPMI. */
  readonly power: (node: LabNode, control: "power-on" | "power-off" | "hard-reset") => Promise<void>;
}

/** A lab with machines vm1 and so on, an image of a system that boots on them, and a server that has them load it. */
export async function loadScene(
  t: TestContext,
  { machines, subnet }: { machines: number; subnet: number },
): Promise<LoadScene> {
  const folder = await mkdtemp(join(tmpdir(), "reveille-lab-"));
  t.after(() => rm(folder, { recursive: true }));
  const kernel = await fetchKernel();
  const image = smallImage(
    "base",
    await readFile(await makeOsDisk({ kernel, bootAgentPort: loadServerPort, name: "base" })),
  );
  const { publicKey, privateKey } = createImageKey();
  const ramdiskFile = join(folder, "ramdisk");
  await buildRamdisk(ramdiskFile, { kernel, imagePublicKey: publicKey });

  const names = Array.from({ length: machines }, (_, index) => [`vm${index + 1}`, diskBytes] as const);
  const lab = await createLab({ folder, subnet, machines: Object.fromEntries(names), bootAgentPort: loadServerPort });
  const served: Served = { kernelFile: kernel.file, ramdiskFile, privateKey, image, transport: { kind: "http" } };
  const server = await startLoadServer(lab, served);
  const client = createIpmiClient();
  t.after(async () => {
    await client.close();
    await server[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });
  return {
    folder,
    lab,
    server,
    served,
    image,
    power: async ({ bmc }, control) => {
      await client.chassisControl({ ...bmc, cipherSuite: 3 }, control);
    },
  };
}

/** The first bytes of a node's disk. */
export async function diskOf({ diskFile }: LabNode, length: number): Promise<Buffer> {
  const file = await open(diskFile);
  try {
    return (await file.read(Buffer.alloc(length), 0, length, 0)).buffer;
  } finally {
    await file.close();
  }
}
