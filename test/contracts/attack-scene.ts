import type { NatsConnection } from "@nats-io/transport-node";
import { createInboxPublisher, openFrontDoor } from "../../bus/index.ts";
import { newOpId, signedHeaders } from "../../bus/coordinator/query.ts";
import { type AgentName, type SubjectBuilder, agentNames, subjectsOf } from "../../contracts/index.ts";
import { type TestBus, testSite } from "../support/test-bus.ts";

/** Everybody who is on the bus, each by a connection of their own. */
type Cast = Readonly<Record<AgentName | "alice" | "bob", NatsConnection>>;

/** One attack's own stage: an operation of its own, and ears that are gone when the next one begins. */
export interface Stage extends Cast {
  readonly on: SubjectBuilder;
  readonly op: string;
  /** What `who` hears on a subject from now on, if NATS lets them; the subjects of the messages. */
  hears(who: NatsConnection, subject: string, queue?: string): readonly string[];
  /** Whether NATS lets `who` subscribe. */
  admits(who: NatsConnection, subject: string): Promise<boolean>;
  /**
   * The registry answers queries from now on: as ours does, on the inbox that it derives, or naively, on whatever reply
   * subject it is given.
   */
  answerQueries(how: "as ours" | "naively"): void;
  /** `who` publishes in order, signed, with a reply subject. */
  asks(who: keyof Cast, subject: string, reply: string): void;
  /** Resolves when whatever was sent has arrived, and what it led to as well. */
  settle(): Promise<void>;
}

export interface Scene {
  begin(): Stage;
}

export async function openScene(bus: TestBus): Promise<Scene> {
  const names = ["alice", "bob", ...agentNames] as const;
  const connections = await Promise.all(names.map((name) => bus.join(name)));
  const cast = Object.fromEntries(names.map((name, index) => [name, connections[index]])) as Cast;
  let endFormer: (() => void)[] = [];

  return {
    begin() {
      for (const end of endFormer) end();
      endFormer = [];
      const op = newOpId();
      return {
        ...cast,
        on: subjectsOf(testSite),
        op,
        hears(who, subject, queue) {
          const heard: string[] = [];
          const subscription = who.subscribe(subject, {
            ...(queue === undefined ? {} : { queue }),
            callback: (error, message) => {
              if (!error) heard.push(message.subject);
            },
          });
          endFormer.push(() => {
            if (!subscription.isClosed()) subscription.unsubscribe();
          });
          return heard;
        },
        async admits(who, subject) {
          let isRefused = false;
          const subscription = who.subscribe(subject, {
            callback: (error) => {
              if (error) isRefused = true;
            },
          });
          await who.flush();
          if (!subscription.isClosed()) subscription.unsubscribe();
          return !isRefused;
        },
        answerQueries(how) {
          endFormer.push(how === "naively" ? answerNaively(cast.registry) : answerAsOurs(bus, cast.registry));
        },
        asks(who, subject, reply) {
          const expiresAt = new Date(Date.now() + 60_000).toISOString();
          const payload = Buffer.from(JSON.stringify({ v: 1, op: newOpId(), expiresAt, args: {} }));
          const proof = signedHeaders(bus.identity(who), subject, payload);
          cast[who].publish(subject, payload, { reply, headers: proof });
        },
        async settle() {
          // A flush is a round trip behind everything before it; an answer to an answer takes another.
          for (let round = 0; round < 3; round++) {
            for (const connection of connections) await connection.flush();
          }
        },
      };
    },
  };
}

function answerNaively(registry: NatsConnection): () => void {
  const subscription = registry.subscribe(subjectsOf(testSite).query("*", "*"), {
    queue: "registry",
    callback: (error, message) => {
      if (!error) message.respond("x");
    },
  });
  return () => subscription.unsubscribe();
}

function answerAsOurs(bus: TestBus, registry: NatsConnection): () => void {
  const say = createInboxPublisher(registry, testSite, "registry");
  const door = openFrontDoor({
    connection: registry,
    agent: "registry",
    subjects: [subjectsOf(testSite).query("*", "*")],
    identify: (publicKey) => bus.identify(publicKey),
    onKnock: async (knock) => {
      if (knock.kind === "query") say.answer(knock.to, {});
      if (knock.kind === "refused") say.rejected(knock.to, knock.reason, knock.detail);
    },
    onFault: () => undefined,
  });
  return () => void door.close();
}
