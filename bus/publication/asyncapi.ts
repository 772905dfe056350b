import {
  InboxMessage,
  type Verb,
  agentNames,
  askerOf,
  isActingVerb,
  keyHeader,
  queryNames,
  signatureHeader,
  subjectsOf,
  verbs,
} from "../../contracts/index.ts";

type Named = readonly [name: string, part: object];

/** Subjects with AsyncAPI's own placeholders: `rv.{site}.cmd.reboot.{user}`. */
const on = subjectsOf("{site}");

const ref = ($ref: string) => ({ $ref });
const pointer = (...steps: readonly string[]) => ref(["#", ...steps].join("/"));

/** The kinds of message that an agent says on an inbox. */
const inboxKinds = InboxMessage.anyOf.map((message) => message.properties.kind.const);

/**
 * The wire as an AsyncAPI 3.0 document, from the side of a person's client: what it publishes, and what it reads. The
 * payloads are the JSON Schemas beside it.
 */
export function asyncApiDocument(version: string): object {
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Reveille",
      version,
      description:
        "Signed commands and queries over NATS core, and the reply inboxes on which agents answer. README.md tells how to write a client.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    defaultContentType: "application/json",
    channels: Object.fromEntries<object>([
      ...verbs.filter(isForPeople).map((verb) => commandChannel(verb)),
      ...queryNames.map((name): Named => [
        `query.${name}`,
        channel(on.query(name, "{user}"), ["site", "user"], {
          query: pointer("components", "messages", `query.${name}`),
        }),
      ]),
      [
        "inbox",
        channel(
          on.inbox("{user}", "{op}", "{agent}" as never),
          ["site", "user", "op", "agent"],
          Object.fromEntries(inboxKinds.map((kind) => [kind, pointer("components", "messages", `inbox.${kind}`)])),
        ),
      ],
    ]),
    operations: Object.fromEntries<object>([
      ...verbs.filter(isForPeople).map((verb) => asks(`cmd.${verb}`, "command", answersTo(verb))),
      ...queryNames.map((name) => asks(`query.${name}`, "query", ["answer", "rejected"])),
    ]),
    components: {
      messages: Object.fromEntries<object>([
        ...verbs.filter(isForPeople).map((verb) => signed(`cmd.${verb}`, `commands/${verb}.json`)),
        ...queryNames.map((name) => signed(`query.${name}`, `queries/${name}.query.json`)),
        ...inboxKinds.map((kind): Named => [`inbox.${kind}`, { name: kind, payload: ref(`./inbox/${kind}.json`) }]),
      ]),
      schemas: { signature: signatureHeaders },
      parameters: {
        site: { description: "the site: a lower-case DNS label" },
        user: { description: "who asks: a lower-case DNS label" },
        op: { description: "the operation's or query's id: 32 lower-case hexadecimal digits" },
        agent: { description: "who answers: that agent alone may publish here", enum: [...agentNames] },
      },
    },
  };
}

const signatureHeaders = {
  type: "object",
  required: [keyHeader, signatureHeader],
  properties: {
    [keyHeader]: { type: "string", description: "the sender's public nkey, U…" },
    [signatureHeader]: {
      type: "string",
      description: "Ed25519 over rv1, subject and payload, base64url; signing.json has test vectors",
    },
  },
};

/** What one agent alone may ask of another is no part of a client's contract. */
function isForPeople(verb: Verb): boolean {
  return askerOf(verb) === undefined;
}

function answersTo(verb: Verb): readonly string[] {
  return isActingVerb(verb) ? ["accepted", "rejected", "events", "finished"] : ["answer", "rejected"];
}

function commandChannel(verb: Verb): Named {
  const messages = { command: pointer("components", "messages", `cmd.${verb}`) };
  return [`cmd.${verb}`, channel(on.command(verb, "{user}"), ["site", "user"], messages)];
}

function channel(address: string, parameters: readonly string[], messages: object): object {
  const named = parameters.map((name) => [name, pointer("components", "parameters", name)]);
  return { address, messages, parameters: Object.fromEntries(named) as object };
}

/** A client publishes there, and reads its inbox. */
function asks(id: string, message: string, answers: readonly string[]): Named {
  return [
    id,
    {
      action: "send",
      channel: pointer("channels", id),
      messages: [pointer("channels", id, "messages", message)],
      reply: {
        channel: pointer("channels", "inbox"),
        messages: answers.map((kind) => pointer("channels", "inbox", "messages", kind)),
      },
    },
  ];
}

function signed(id: string, schema: string): Named {
  return [id, { name: id, headers: pointer("components", "schemas", "signature"), payload: ref(`./${schema}`) }];
}
