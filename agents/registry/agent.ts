import { randomUUID } from "node:crypto";
import type { InboxAddress } from "../../bus/index.ts";
import { type InventoryApplyArgs, type RefusalReason, subjectsOf } from "../../contracts/index.ts";
import { isUnreachable, readUserOfKey } from "../../infra/db/index.ts";
import { type RunningAgent, stopInOrder } from "../runtime/agent.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { type Passed, commandSubjects, openDoor } from "../runtime/door.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { answerQuery } from "./answer-query.ts";
import { followStates } from "./follow-states.ts";
import { forgetOldHistory } from "./forget-history.ts";
import { applyInventory } from "./inventory/apply-command.ts";

/** Something to answer: on whose inbox, what it is called in a log, and how the answer comes about. */
interface Asked {
  readonly to: InboxAddress;
  readonly what: string;
  readonly work: () => Promise<
    | { readonly ok: true; readonly answer: unknown }
    | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string }
  >;
}

/** The registry agent: keeps the inventory and the nodes' states, and answers every query. */
export async function startRegistryAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"registry">,
  log: Log,
): Promise<RunningAgent> {
  const { site } = config;
  const owner = `registry-${randomUUID()}`;
  const place = await joinSite(config, section, { agent: "registry", owner, log, poolSize: 3 });
  const { connection, publisher, database, metrics } = place;
  const { sql } = database;
  const states = followStates({ connection, site, sql, log, metrics });
  const history = forgetOldHistory({ sql, log, keepHistoryDays: section.keepHistoryDays });

  /** Answers on the asker's inbox, a fault too. */
  async function answer({ to, what, work }: Asked): Promise<void> {
    try {
      const answered = await work();
      if (answered.ok) publisher.answer(to, answered.answer);
      else publisher.rejected(to, answered.reason, answered.detail);
    } catch (err) {
      log.error({ err, ...to, what }, "a query or command could not be answered");
      if (isUnreachable(err))
        publisher.rejected(to, "database-unreachable", "the registry's database cannot be reached");
      else publisher.rejected(to, "internal-error", `the registry failed on ${what}; its log says how`);
    }
  }

  function askedBy(passed: Passed): Asked {
    const { to } = passed;
    if (passed.kind === "query") {
      return { to, what: passed.name, work: () => answerQuery(sql, passed.name, passed.args, to.user) };
    }
    const args = passed.command.args as InventoryApplyArgs;
    return {
      to,
      what: passed.verb,
      work: async () => {
        const applied = await applyInventory(sql, to.user, args);
        const { upload, part, parts } = args;
        log.info({ ...to, upload, part, parts, ok: applied.ok }, "a change of the inventory was dealt with");
        return applied;
      },
    };
  }

  const door = openDoor({
    connection,
    agent: "registry",
    subjects: [subjectsOf(site).query("*", "*"), ...commandSubjects(site, "registry")],
    publisher,
    log,
    metrics,
    lookUp: (publicKey) => readUserOfKey(sql, publicKey),
    onPassed: (passed) => answer(askedBy(passed)),
  });
  await connection.flush();
  log.info({ owner, site }, "the registry agent is ready");
  return {
    stop: () => stopInOrder([() => door.close(), () => states.close(), () => history.stop(), () => place.leave()]),
  };
}
