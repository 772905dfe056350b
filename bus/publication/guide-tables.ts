import {
  agentOfVerb,
  clockToleranceMs,
  defaultExpiryMs,
  isActingVerb,
  keyHeader,
  maxExpiryMs,
  maxMessageBytes,
  maxNodesPerCommand,
  maxPageRows,
  outcomes,
  queryNames,
  signatureHeader,
  statusOf,
  verbs,
  wireVersion,
} from "../../contracts/index.ts";
import { signingVectors } from "./signing-vectors.ts";

/** Thrown when the guide lacks a place for a table, or has one for a table that there is not. */
export class GuidePlaceError extends Error {
  readonly code = "guide-place-unknown";
}

const tables: Readonly<Record<string, () => readonly string[]>> = {
  verbs: () => [
    "| verb | agent `<agent>` | answers with | schema |",
    "| --- | --- | --- | --- |",
    ...verbs.map((verb) => {
      const answer = isActingVerb(verb) ? "`accepted`, `events`, `finished`" : "`answer`";
      return `| \`${verb}\` | \`${agentOfVerb(verb)}\` | ${answer} | [commands/${verb}.json](commands/${verb}.json) |`;
    }),
  ],
  queries: () => [
    "| query | schema | its answer |",
    "| --- | --- | --- |",
    ...queryNames.map((name) => {
      const link = (kind: string) => `[queries/${name}.${kind}.json](queries/${name}.${kind}.json)`;
      return `| \`${name}\` | ${link("query")} | ${link("answer")} |`;
    }),
  ],
  limits: () => [
    "| what | value |",
    "| --- | --- |",
    `| version \`v\` of every payload | ${wireVersion} |`,
    `| nodes that one command may name | ${maxNodesPerCommand} |`,
    `| bytes of one message on an inbox | ${maxMessageBytes} |`,
    `| results or nodes on one page of a query | ${maxPageRows} |`,
    `| how far ahead \`expiresAt\` may lie | ${maxExpiryMs / 1000} s, and ${clockToleranceMs / 1000} s for clocks that differ |`,
    `| a usual \`expiresAt\` | ${defaultExpiryMs / 1000} s ahead |`,
  ],
  outcomes: () => [
    "| outcome | status |",
    "| --- | --- |",
    ...outcomes.map((outcome) => `| \`${outcome}\` | ${statusOf(outcome)} |`),
  ],
  example: () => {
    const [command] = signingVectors().good;
    if (!command) return [];
    return [
      "```",
      `subject    ${command.subject}`,
      `reply      rv.local.inbox.alice.000102030405060708090a0b0c0d0e0f.reboot`,
      `header     ${keyHeader}: ${command.publicKey}`,
      `header     ${signatureHeader}: ${command.signature}`,
      `payload    ${command.payload}`,
      "```",
    ];
  },
};

/**
 * The guide for people who write clients: its prose is kept by hand, and what stands between `<!-- NAME -->` and
 * `<!-- /NAME -->` is filled in from the contracts. Throws GuidePlaceError.
 */
export function filledIn(guide: string): string {
  const places = [...guide.matchAll(/<!-- \/(\w+) -->/g)].map(([, name = ""]) => name);
  for (const name of places) {
    if (!Object.hasOwn(tables, name))
      throw new GuidePlaceError(`the guide has a place for '${name}', which is no table`);
  }
  let text = guide;
  for (const [name, tableOf] of Object.entries(tables)) {
    const place = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`);
    if (!place.test(text)) throw new GuidePlaceError(`the guide has no place for the table '${name}'`);
    text = text.replace(place, (_, begin: string, end: string) => [begin, "", ...tableOf(), "", end].join("\n"));
  }
  return text;
}
