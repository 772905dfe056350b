import { join } from "node:path";
import { type Sql, chooseTransports } from "../../../infra/db/index.ts";
import { type ImageStore, imageFileName } from "../../../infra/images/index.ts";
import { defaultSessionRule, startSession, whyNoSender } from "../../../infra/multicast/index.ts";
import { AgentConfigError, type SectionOf } from "../../runtime/config.ts";
import type { Log } from "../../runtime/log.ts";
import { type LoadSessions, createLoadSessions } from "./load-sessions.ts";

type MulticastSettings = NonNullable<SectionOf<"reload">["multicast"]>;

/** Throws AgentConfigError where sessions are configured and nothing can be sent. */
export async function checkMulticast(settings: MulticastSettings | undefined): Promise<void> {
  const problem = settings && (await whyNoSender());
  if (problem === undefined) return;
  throw new AgentConfigError(
    `agents.reload.multicast needs udp-sender, which cannot be started (${problem}): install udpcast, or leave it out`,
  );
}

/** The sessions as a site has configured them. */
export function openLoadSessions(
  settings: MulticastSettings,
  parts: {
    readonly sql: Sql;
    readonly store: ImageStore;
    /** Tells the boot agent that plans have changed. */
    readonly wakeBoot: () => void;
    readonly log: Log;
  },
): LoadSessions {
  const { sql, store, wakeBoot, log } = parts;
  const { minReceivers = defaultSessionRule.minReceivers, windowS, maxSessions = 4, ...sender } = settings;
  return createLoadSessions({
    rule: { minReceivers, windowMs: windowS === undefined ? defaultSessionRule.windowMs : windowS * 1_000 },
    maxSessions,
    log,
    start: (image, { receivers }) =>
      startSession(sender, { imageFile: join(store.directory, imageFileName(image, "data")), receivers }),
    async choose(choices) {
      const chosen = await chooseTransports(sql, choices);
      wakeBoot();
      return chosen;
    },
  });
}
