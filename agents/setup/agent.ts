import { randomUUID } from "node:crypto";
import { createReveille } from "../../bus/index.ts";
import { isFutile } from "../../contracts/index.ts";
import { readFailures, readRunResult, setAllocation } from "../../infra/db/index.ts";
import { startActingAgent } from "../runtime/acting-agent.ts";
import type { RunningAgent } from "../runtime/agent.ts";
import { createChildOperations } from "../runtime/commands/child-operations.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { createStateWatcher } from "../runtime/state-watcher.ts";
import { admissionOf } from "./admission-of.ts";
import { cleanFreedNodes } from "./clean-freed-nodes.ts";
import { driveNode } from "./drive-node.ts";
import type { SetupTools } from "./node-context.ts";
import { judgeEnded, judgeRetry } from "./judge-retry.ts";

/**
 * The setup agent: the only one that writes allocation states. Admits `setup` and its cancel; reloads and reboots it asks
 * the agents for that may do them. It also has free nodes loaded that their last experiment left dirty.
 */
export async function startSetupAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"setup">,
  log: Log,
): Promise<RunningAgent> {
  const { site } = config;
  const owner = `setup-${randomUUID()}`;
  const place = await joinSite(config, section, { agent: "setup", owner, log });
  const { connection, identity, database } = place;
  const { sql } = database;
  const states = createStateWatcher(connection, site, sql, log);
  const reveille = createReveille(connection, { site, user: "setup", identity });
  const tools: SetupTools = {
    states,
    children: createChildOperations({ sql, reveille, log }),
    hostStatus: async (op, node) => {
      const result = await readRunResult(sql, op, node);
      return result ? result.status : result;
    },
    isDoomed: async (op) => (await readFailures(sql, op)).some(isFutile),
  };
  const cleaning = cleanFreedNodes({ sql, reveille, log });
  judgeEnded(sql).catch((err: unknown) => log.warn({ err }, "setups that ended could not be judged"));
  return startActingAgent({
    agent: "setup",
    ...{ site, owner, section, place, log, admissionOf },
    retryOf: (op) => judgeRetry(sql, op),
    drive: (run, options) =>
      driveNode(run, {
        ...options,
        tools,
        allocate: ({ op, node }, state) => setAllocation(sql, { node, op, state }),
      }),
    stops: [() => cleaning.stop(), () => states.close()],
  });
}
