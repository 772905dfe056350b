import type { NatsConnection } from "@nats-io/transport-node";
import { type InboxPublisher, type Knock, openFrontDoor } from "../../bus/index.ts";
import { type AgentName, agentOfVerb, askerOf, subjectsOf, verbs } from "../../contracts/index.ts";
import { createIdentify } from "./identify.ts";
import type { Log } from "./log.ts";
import type { AgentMetrics } from "./metrics.ts";
import { createRefusalLog } from "./refusals.ts";

/** What passed the door: signed by somebody who is known, well-formed, in time. */
export type Passed = Extract<Knock, { kind: "command" | "query" }>;

export interface DoorOptions<P extends Passed> {
  readonly connection: NatsConnection;
  readonly agent: AgentName;
  /** Where it is asked; every replica listens there, and one of them hears each message. */
  readonly subjects: readonly string[];
  readonly publisher: InboxPublisher;
  readonly log: Log;
  readonly metrics: AgentMetrics;
  /** Whose a public key is; undefined for a stranger's. */
  readonly lookUp: (publicKey: string) => Promise<string | undefined>;
  /** Deals with what passed; the subjects say which of the two kinds may come. */
  readonly onPassed: (passed: P) => Promise<void>;
}

/** Opens an agent's door: what is turned away there is counted and logged, and its sender told if the message has one. */
export function openDoor<P extends Passed>(options: DoorOptions<P>): { close(): Promise<void> } {
  const { connection, agent, subjects, publisher, log, metrics, lookUp, onPassed } = options;
  const refusals = createRefusalLog(log, metrics);
  return openFrontDoor({
    connection,
    agent,
    subjects,
    identify: createIdentify(lookUp),
    onKnock: async (knock, subject) => {
      if (knock.kind === "command" || knock.kind === "query") {
        await onPassed(knock as P);
        return;
      }
      refusals.note(knock, subject);
      if (knock.kind === "refused") publisher.rejected(knock.to, knock.reason, knock.detail);
    },
    onFault: (err, subject) => log.error({ err, subject }, "a message could not be dealt with"),
  });
}

/** The subjects of all commands that are this agent's, from whoever may send them. */
export function commandSubjects(site: string, agent: AgentName): readonly string[] {
  return verbs
    .filter((verb) => agentOfVerb(verb) === agent)
    .map((verb) => subjectsOf(site).command(verb, askerOf(verb) ?? "*"));
}
