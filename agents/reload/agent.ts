import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createReveille, newOpId } from "../../bus/index.ts";
import { subjectsOf } from "../../contracts/index.ts";
import { createImageChecker, openImageStore, publicKeyOf } from "../../infra/images/index.ts";
import { startActingAgent } from "../runtime/acting-agent.ts";
import type { RunningAgent } from "../runtime/agent.ts";
import { createChildOperations } from "../runtime/commands/child-operations.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { createStateWatcher } from "../runtime/state-watcher.ts";
import { admissionOf } from "./admission-of.ts";
import { createConsoles } from "./consoles.ts";
import { driveNode } from "./drive-node.ts";
import { foreseeImages } from "./foresee.ts";
import { createImageInspector } from "./image-inspector.ts";
import { createImageControls } from "./images/image-controls.ts";
import { createLoadBook } from "./load-book.ts";
import { checkMulticast, openLoadSessions } from "./multicast/open-load-sessions.ts";
import { createProgressWatcher } from "./progress-watcher.ts";
import { concludeUnattended } from "./unattended-loads.ts";

/**
 * The reload agent: the only one that writes images, boot selections and what is on a node's disk. Admits `reload` and its
 * cancel, and adds, verifies and removes images; what needs a BMC it asks the reboot agent for.
 */
export async function startReloadAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"reload">,
  log: Log,
): Promise<RunningAgent> {
  const { site } = config;
  const owner = `reload-${randomUUID()}`;
  const signingKey = await readFile(section.signingKeyFile, "utf8");
  const store = await openImageStore(section.imageDir);
  await checkMulticast(section.multicast);
  const place = await joinSite(config, section, { agent: "reload", owner, log });
  const { connection, identity, publisher, database } = place;
  const { sql } = database;
  const states = createStateWatcher(connection, site, sql, log);
  const progress = createProgressWatcher(connection, site);
  const reveille = createReveille(connection, { site, user: "reload", identity });
  const wakeBoot = () => connection.publish(subjectsOf(site).wake("boot"));
  const sessions = section.multicast && openLoadSessions(section.multicast, { sql, store, wakeBoot, log });
  const tools = {
    states,
    progress,
    children: createChildOperations({ sql, reveille, log }),
    consoles: createConsoles({ sql, reveille, log }),
    images: createImageInspector(sql, createImageChecker(store, publicKeyOf(signingKey))),
    loads: createLoadBook(sql),
    newLoadId: newOpId,
    ...(sessions ? { sessions } : {}),
  };
  const images = createImageControls({
    ...{ sql, openSession: database.openSession, store, privateKey: signingKey, log },
    publisher,
  });
  const unattended = concludeUnattended(sql, log);
  return startActingAgent({
    agent: "reload",
    ...{ site, owner, section, place, log, admissionOf },
    drive: (run, options) => driveNode(run, { ...options, tools }).finally(() => sessions?.tell(run.node, undefined)),
    foresee: (_knock, runs) => foreseeImages(runs, tools.images, new Date().toISOString()),
    onControl: (knock) => images.onControl(knock),
    onStopping: () => images.interrupt(),
    stops: [
      async () => sessions?.close(),
      () => images.close(),
      () => unattended.stop(),
      () => states.close(),
      () => progress.close(),
    ],
  });
}
