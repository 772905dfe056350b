import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { createReveille } from "../../bus/index.ts";
import { publishSealingKey, readLoadingSubnodes } from "../../infra/db/index.ts";
import { createLiveness } from "../../infra/liveness/index.ts";
import { createPowerDrivers } from "../../infra/power/index.ts";
import { createSealOpener, publicKeyOf } from "../../infra/secrets/index.ts";
import { createSsh } from "../../infra/ssh/index.ts";
import { startActingAgent } from "../runtime/acting-agent.ts";
import type { RunningAgent } from "../runtime/agent.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { createStateWatcher } from "../runtime/state-watcher.ts";
import { admissionOf } from "./admission-of.ts";
import { createBmcAccess } from "./bmc/bmc-access.ts";
import { createConsoleControl } from "./console/console-control.ts";
import { createConsoles } from "./console/consoles.ts";
import { createForesight } from "./foresee.ts";
import { createTurns } from "./turns.ts";
import { driveNode } from "./drive-node.ts";
import { createWaker } from "./waker.ts";
import { createSshClients } from "./ssh-clients.ts";

/** How many ssh clients run at once: each is a process of some ten megabytes. */
const maxSshClients = 64;

/**
 * The reboot agent: the only one with the BMC passwords and the root ssh key. Admits `reboot`, `power` and their
 * cancels, and follows consoles for the reload agent.
 */
export async function startRebootAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"reboot">,
  log: Log,
): Promise<RunningAgent> {
  const { site } = config;
  const owner = `reboot-${randomUUID()}`;
  const sealingKey = (await readFile(section.sealingKeyFile, "utf8")).trim();
  await mkdir(section.knownHostsDir, { recursive: true, mode: 0o700 });
  const place = await joinSite(config, section, { agent: "reboot", owner, log });
  const { connection, identity, publisher, database, metrics } = place;
  const { sql, relaxedSql } = database;
  const states = createStateWatcher(connection, site, sql, log);
  const access = createBmcAccess({
    ...{ sql, relaxedSql, owner, log },
    open: createSealOpener(sealingKey),
    onOutage: () => metrics.countBmcOutage(),
  });
  const drivers = createPowerDrivers({ access });
  const reveille = createReveille(connection, { site, user: "reboot", identity });
  const tools = {
    ssh: createSshClients(
      createSsh({ keyFile: section.sshKeyFile, knownHostsDir: section.knownHostsDir }),
      maxSshClients,
    ),
    liveness: createLiveness(),
    states,
    turns: createTurns(sql),
    loadingSubnodes: (node: string) => readLoadingSubnodes(sql, node),
    waker: createWaker(async (nodelist) => (await reveille.control("wake", { nodelist })).ok),
  };
  const consoles = createConsoles({ sql, drivers, log });
  publishSealingKey(sql, publicKeyOf(sealingKey)).catch((err: unknown) =>
    log.warn({ err }, "nobody can be told by which key BMC passwords are sealed"),
  );
  return startActingAgent({
    agent: "reboot",
    ...{ site, owner, section, place, log, admissionOf },
    drive: (run, options) => driveNode(run, { ...options, tools, drivers }),
    foresee: createForesight({ sql, liveness: tools.liveness }),
    onControl: createConsoleControl(consoles, publisher),
    stops: [
      () => states.close(),
      () => consoles.close(),
      () => access.stop(),
      async () => drivers[Symbol.asyncDispose](),
    ],
  });
}
