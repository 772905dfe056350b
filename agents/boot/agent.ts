import { randomUUID } from "node:crypto";
import { subjectsOf } from "../../contracts/index.ts";
import { readPlans, readWakeups } from "../../infra/db/index.ts";
import { type RunningAgent, stopInOrder } from "../runtime/agent.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { openNodePort } from "./node-port/open-node-port.ts";
import { createSparingLog } from "./node-port/sparing-log.ts";
import { openWakeDoor } from "./wake-door.ts";
import { createWatch } from "./watch.ts";

export interface RunningBootAgent extends RunningAgent {
  /** Where nodes reach it, `http://host:port`. */
  readonly nodeUrl: string;
}

/**
 * The boot agent: the port that nodes talk to, and `wake`. It knows no user and no BMC. Any number of replicas run side by
 * side: a node may ask another one each time, since all that they know stands in the tables.
 */
export async function startBootAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"boot">,
  log: Log,
): Promise<RunningBootAgent> {
  const { site } = config;
  const owner = `boot-${randomUUID()}`;
  const place = await joinSite(config, section, { agent: "boot", owner, log, poolSize: 4 });
  const { connection, publisher, database, metrics } = place;
  const { sql } = database;
  const subjects = subjectsOf(site);
  const wakeups = createWatch((nodes) => readWakeups(sql, nodes), log);
  const plans = createWatch((loadIds) => readPlans(sql, loadIds), log);
  connection.subscribe(subjects.wake("boot"), {
    callback: () => {
      wakeups.look();
      plans.look();
    },
  });
  const door = openWakeDoor({ connection, publisher, metrics, site, sql, log });
  const port = await openNodePort({
    host: section.host,
    port: section.port,
    metrics,
    parts: {
      log: createSparingLog(log),
      sql,
      publishStates: (changes) => {
        for (const change of changes) connection.publish(subjects.state(change.node), JSON.stringify(change));
      },
      publishProgress: (progress) => connection.publish(subjects.progress(progress.node), JSON.stringify(progress)),
      wakeups,
      plans,
      settings: section,
    },
  });
  await connection.flush();
  log.info({ owner, site, nodeUrl: port.url }, "the boot agent is ready");
  return {
    nodeUrl: port.url,
    stop: () =>
      stopInOrder([
        () => door.close(),
        async () => {
          wakeups.close();
          plans.close();
        },
        () => port.close(),
        () => place.leave(),
      ]),
  };
}
