import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../../bus/index.ts";
import { PublicKey, hasShape, personPermissions } from "../../../contracts/index.ts";
import { type Database, readPeople } from "../../../infra/db/index.ts";
import type { EmbeddedNats, NatsIdentity } from "../../../infra/embedded/index.ts";
import type { Log } from "../../runtime/log.ts";

/** So often it is looked who may connect, milliseconds. */
const lookEveryMs = 1_000;

export interface FollowPeopleOptions {
  readonly database: Database;
  readonly nats: EmbeddedNats;
  readonly site: Context["site"];
  /** Who may connect whatever the inventory says: the agents. */
  readonly agents: readonly NatsIdentity[];
  readonly log: Log;
}

/**
 * Lets people whom the inventory gains onto the embedded bus, and cuts those whom it revokes: what an operator of a real
 * site does with `reveille user permissions` and a SIGHUP.
 */
export function followPeople({ database, nats, site, agents, log }: FollowPeopleOptions): { stop(): Promise<void> } {
  const ended = new AbortController();
  let told = "";

  async function look(): Promise<void> {
    const people = (await readPeople(database.sql)).filter(({ publicKey }) => hasShape(PublicKey, publicKey));
    const text = JSON.stringify(people);
    if (text === told) return;
    const identities = people.map((person) => ({ ...person, permissions: personPermissions(site, person.name) }));
    await nats.setIdentities([...agents, ...identities]);
    told = text;
  }

  async function follow(): Promise<void> {
    while (!ended.signal.aborted) {
      await look().catch((err: unknown) => log.warn({ err }, "cannot tell nats-server who may connect; trying on"));
      await sleep(lookEveryMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  }

  const following = follow();
  return {
    async stop() {
      ended.abort();
      await following;
      await database.close();
    },
  };
}
