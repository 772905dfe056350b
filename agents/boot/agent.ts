import { randomUUID } from "node:crypto";
import { subjectsOf } from "../../contracts/index.ts";
import { addReport, readNodeAt } from "../../infra/db/index.ts";
import { type RunningAgent, stopInOrder } from "../runtime/agent.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { openNodePort } from "./node-port.ts";

export interface RunningBootAgent extends RunningAgent {
  /** Where nodes reach it, `http://host:port`. */
  readonly nodeUrl: string;
}

/** The boot agent: the port that nodes talk to. It knows no user and no BMC. For now it takes their state reports. */
export async function startBootAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"boot">,
  log: Log,
): Promise<RunningBootAgent> {
  const { site } = config;
  const owner = `boot-${randomUUID()}`;
  const place = await joinSite(config, section, { agent: "boot", owner, log, poolSize: 2 });
  const { connection, database } = place;
  const subjects = subjectsOf(site);
  const port = await openNodePort({
    host: section.host,
    port: section.port,
    log,
    nodeAt: (address) => readNodeAt(database.sql, address),
    onReport: async (node, report) => {
      // Committed first: whoever misses the message finds the row.
      const change = await addReport(database.sql, node, report, "address");
      connection.publish(subjects.state(node), JSON.stringify(change));
    },
  });
  log.info({ owner, site, nodeUrl: port.url }, "the boot agent is ready");
  return {
    nodeUrl: port.url,
    stop: () => stopInOrder([() => port.close(), () => place.leave()]),
  };
}
