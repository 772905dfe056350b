import { OpId, type Verb, argsSchemaOf, hasShape, problemsOf } from "../../contracts/index.ts";
import type { Refusal } from "./operation.ts";

/** Room for headers and protocol around a payload, bytes. */
const headerBytes = 4_096;

/** What would be refused anyway is refused here, before anything is sent. */
export function faultOf(verb: Verb, op: string, args: unknown, maxPayload = 1_048_576): Refusal | undefined {
  const malformed = (detail: string): Refusal => ({ reason: "malformed-arguments", detail });
  if (!hasShape(OpId, op)) return malformed("an operation's id is 32 lower-case hexadecimal digits");
  const list = (args as { nodelist?: unknown }).nodelist;
  if (Array.isArray(list) && list.length === 0) return { reason: "nodelist-empty", detail: "no node is named" };
  const schema = argsSchemaOf(verb);
  if (!hasShape(schema, args)) return malformed(problemsOf(schema, args));
  const bytes = JSON.stringify(args).length + headerBytes;
  if (bytes > maxPayload)
    return malformed(`the command has ${bytes} bytes; NATS takes ${maxPayload}: name fewer nodes`);
  return undefined;
}
