import { type ArgsOf, subjectsOf } from "../../contracts/index.ts";
import { type Sql, isUnreachable, readAgentOfKey, requestWakeups } from "../../infra/db/index.ts";
import type { CommandKnock } from "../runtime/commands/handle-command.ts";
import { commandSubjects, openDoor } from "../runtime/door.ts";
import type { Place } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";

export interface WakeDoorOptions extends Pick<Place, "connection" | "publisher" | "metrics"> {
  readonly site: string;
  readonly sql: Sql;
  readonly log: Log;
}

/**
 * `wake`, from the reboot agent alone: nodes that wait in PXE are to go on. The wish stands in a table before anybody is
 * told, and every replica looks there: the node may wait at any of them.
 */
export function openWakeDoor(options: WakeDoorOptions): { close(): Promise<void> } {
  const { connection, publisher, metrics, site, sql, log } = options;
  const subjects = subjectsOf(site);

  async function wake({ to, command }: CommandKnock): Promise<void> {
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

  return openDoor({
    connection,
    agent: "boot",
    subjects: commandSubjects(site, "boot"),
    publisher,
    log,
    metrics,
    lookUp: (publicKey) => readAgentOfKey(sql, publicKey),
    onPassed: wake,
  });
}
