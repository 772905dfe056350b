import type { NatsConnection } from "@nats-io/transport-node";
import { type Knock, createInboxPublisher, openFrontDoor } from "../../bus/index.ts";
import { type ArgsOf, subjectsOf } from "../../contracts/index.ts";
import { type Sql, isUnreachable, readAgentOfKey, requestWakeups } from "../../infra/db/index.ts";
import { createIdentify } from "../runtime/identify.ts";
import type { Log } from "../runtime/log.ts";
import type { AgentMetrics } from "../runtime/metrics.ts";
import { createRefusalLog } from "../runtime/refusals.ts";

export interface WakeDoorOptions {
  readonly connection: NatsConnection;
  readonly site: string;
  readonly sql: Sql;
  readonly log: Log;
  readonly metrics: AgentMetrics;
}

/**
 * `wake`, from the reboot agent alone: nodes that wait in PXE are to go on. The wish stands in a table before anybody is
 * told, and every replica looks there: the node may wait at any of them.
 */
export function openWakeDoor({ connection, site, sql, log, metrics }: WakeDoorOptions): { close(): Promise<void> } {
  const subjects = subjectsOf(site);
  const publisher = createInboxPublisher(connection, site, "boot");
  const refusals = createRefusalLog(log, metrics);

  async function wake({ to, command }: Extract<Knock, { kind: "command" }>): Promise<void> {
    const { nodelist } = command.args as ArgsOf<"wake">;
    try {
      const woken = await requestWakeups(sql, nodelist);
      connection.publish(subjects.wake("boot"));
      log.info({ ...to, nodes: woken.length }, "nodes are woken");
      publisher.answer(to, { woken });
    } catch (err) {
      log.error({ err, ...to }, "nodes could not be woken");
      const reason = isUnreachable(err) ? "database-unreachable" : "internal-error";
      publisher.rejected(to, reason, "the boot agent could not note who is to be woken");
    }
  }

  return openFrontDoor({
    connection,
    agent: "boot",
    subjects: [subjects.command("wake", "reboot")],
    identify: createIdentify((publicKey) => readAgentOfKey(sql, publicKey)),
    onKnock: async (knock, subject) => {
      if (knock.kind === "dropped" || knock.kind === "refused") refusals.note(knock, subject);
      if (knock.kind === "refused") publisher.rejected(knock.to, knock.reason, knock.detail);
      if (knock.kind === "command") await wake(knock);
    },
    onFault: (err, subject) => log.error({ err, subject }, "a wake-up could not be dealt with"),
  });
}
