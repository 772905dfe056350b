import { join } from "node:path";
import { pino } from "pino";
import { startRebootAgent } from "../../../agents/reboot/agent.ts";
import { startRegistryAgent } from "../../../agents/registry/agent.ts";
import { startReloadAgent } from "../../../agents/reload/agent.ts";
import type { SectionOf } from "../../../agents/runtime/config.ts";
import type { Reveille } from "../../../bus/index.ts";
import { importImages } from "../../../infra/db/index.ts";
import { writeSecret } from "../../../infra/embedded/index.ts";
import type { UsableImage } from "../../../infra/images/index.ts";
import { createSshKey } from "../../../infra/ssh/index.ts";
import type { TestDatabase } from "../../support/database.ts";
import { type TestBus, testSite } from "../../support/test-bus.ts";

export interface ActingAgentsOptions {
  readonly bus: TestBus;
  readonly database: TestDatabase;
  readonly folder: string;
  readonly imageDir: string;
  readonly image: Pick<UsableImage, "manifest" | "record">;
  /** The private halves of the image key and of the key that BMC passwords are sealed to. */
  readonly signingKey: string;
  readonly sealingKey: string;
  readonly multicast?: NonNullable<SectionOf<"reload">["multicast"]>;
}

/** The reload, reboot and registry agents beside the boot agent, and a person who may ask them everything. */
export async function startActingAgents(
  options: ActingAgentsOptions,
): Promise<{ readonly alice: Reveille; stop(): Promise<void> }> {
  const { bus, database, folder, imageDir, image, multicast } = options;
  const { manifest, record } = image;
  const { fileModifiedMs, fileSha256, manifestSha256 } = record;
  await importImages(database.ownerUrl, [
    {
      ...{ name: manifest.image, visibility: "public", state: "ready", addedBy: "alice" },
      ...{ rawBytes: manifest.rawSizeBytes, rawSha256: manifest.rawSha256, partitions: manifest.partitions },
      ...{ fileBytes: manifest.fileSizeBytes, fileModifiedMs, fileSha256, manifestSha256 },
    },
  ]);
  const path = (name: string) => join(folder, name);
  await writeSecret(path("image-key.pem"), options.signingKey);
  await writeSecret(path("sealing-key"), `${options.sealingKey}\n`);
  await createSshKey(path("ssh-key"));
  const sectionOf = async (agent: "reload" | "reboot" | "registry") => {
    await writeSecret(path(`${agent}.url`), `${database.urlOf(agent)}\n`);
    return { keyFile: await bus.writeKey(agent), databaseUrlFile: path(`${agent}.url`) };
  };
  const config = { site: testSite, url: bus.nats.url };
  const log = pino({ level: "silent" });
  const reboot = {
    sshKeyFile: path("ssh-key"),
    knownHostsDir: path("known-hosts"),
    sealingKeyFile: path("sealing-key"),
  };
  const agents = [
    await startRegistryAgent(config, await sectionOf("registry"), log),
    await startRebootAgent(config, { ...(await sectionOf("reboot")), ...reboot }, log),
    await startReloadAgent(
      config,
      {
        ...(await sectionOf("reload")),
        ...{ imageDir, signingKeyFile: path("image-key.pem") },
        ...(multicast ? { multicast } : {}),
      },
      log,
    ),
  ];
  return {
    alice: await bus.coordinator("alice"),
    stop: async () => {
      for (const agent of agents.reverse()) await agent.stop();
    },
  };
}
