import { randomUUID } from "node:crypto";
import { type Knock, createInboxPublisher, openFrontDoor } from "../../bus/index.ts";
import { subjectsOf } from "../../contracts/index.ts";
import { isUnreachable, readUserOfKey } from "../../infra/db/index.ts";
import { type RunningAgent, stopInOrder } from "../runtime/agent.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { createIdentify } from "../runtime/identify.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { createRefusalLog } from "../runtime/refusals.ts";
import { answerQuery } from "./answer-query.ts";
import { followStates } from "./follow-states.ts";

/** The registry agent: keeps the inventory and the nodes' states, and answers every query. */
export async function startRegistryAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"registry">,
  log: Log,
): Promise<RunningAgent> {
  const { site } = config;
  const owner = `registry-${randomUUID()}`;
  const place = await joinSite(config, section, { agent: "registry", owner, log, poolSize: 3 });
  const { connection, database } = place;
  const { sql } = database;
  const publisher = createInboxPublisher(connection, site, "registry");
  const refusals = createRefusalLog(log, place.metrics);
  const states = followStates(connection, site, sql, log);

  async function answer(knock: Extract<Knock, { kind: "query" }>): Promise<void> {
    const { to, name, args } = knock;
    try {
      const answered = await answerQuery(sql, name, args, to.user);
      if (answered.ok) publisher.answer(to, answered.answer);
      else publisher.rejected(to, answered.reason, answered.detail);
    } catch (err) {
      log.error({ err, ...to, query: name }, "a query could not be answered");
      if (isUnreachable(err))
        publisher.rejected(to, "database-unreachable", "the registry's database cannot be reached");
      else publisher.rejected(to, "internal-error", "the registry failed on this query; its log says how");
    }
  }

  const door = openFrontDoor({
    connection,
    agent: "registry",
    subjects: [subjectsOf(site).query("*", "*")],
    identify: createIdentify((publicKey) => readUserOfKey(sql, publicKey)),
    onKnock: async (knock, subject) => {
      if (knock.kind === "dropped" || knock.kind === "refused") refusals.note(knock, subject);
      if (knock.kind === "refused") publisher.rejected(knock.to, knock.reason, knock.detail);
      if (knock.kind === "query") await answer(knock);
    },
    onFault: (err, subject) => log.error({ err, subject }, "a query could not be dealt with"),
  });
  await connection.flush();
  log.info({ owner, site }, "the registry agent is ready");
  return { stop: () => stopInOrder([() => door.close(), () => states.close(), () => place.leave()]) };
}
