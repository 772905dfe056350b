import {
  InboxMessage,
  InventoryDocument,
  NodeResult,
  StateChange,
  StateReport,
  commandSchemaOf,
  queryNames,
  querySchemaOf,
  querySchemasOf,
  verbs,
} from "../../contracts/index.ts";

const dialect = "https://json-schema.org/draft/2020-12/schema";

/** A JSON Schema document for each thing on the wire, by its path in docs/contracts. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const publish = (path: string, title: string, schema: object) => {
    files.set(path, `${JSON.stringify({ $schema: dialect, title, ...schema }, null, 2)}\n`);
  };
  for (const verb of verbs) {
    publish(`commands/${verb}.json`, `payload of rv.<site>.cmd.${verb}.<user>`, commandSchemaOf(verb));
  }
  for (const name of queryNames) {
    const { answer } = querySchemasOf(name);
    publish(`queries/${name}.query.json`, `payload of rv.<site>.query.${name}.<user>`, querySchemaOf(name));
    publish(`queries/${name}.answer.json`, `"answer" in the inbox message that answers query ${name}`, answer);
  }
  for (const message of InboxMessage.anyOf) {
    const kind = message.properties.kind.const;
    publish(`inbox/${kind}.json`, `"${kind}" on rv.<site>.inbox.<user>.<op>.<agent>`, message);
  }
  publish("state-change.json", "payload of rv.<site>.state.<node>", StateChange);
  publish("state-report.json", "what a booting node posts to the boot agent, POST /v1/state", StateReport);
  publish("inventory.json", "an inventory as it is exported, and what an import may hold", InventoryDocument);
  publish("node-result.json", "one node's part of an operation, ended", NodeResult);
  return files;
}
