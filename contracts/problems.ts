import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { hasShape } from "./validate.ts";

/** At most this many problems are told, and at most this many characters. */
const maxProblems = 3;
const maxCharacters = 500;

/** What of a JSON Schema decides where a fault is looked for. */
interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: TSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/**
 * The first few faults of `value`, one line for a person: `args/nodelist/3 must match pattern …`. Ask only after
 * `hasShape` said no. The work and the text are bounded whatever a stranger sent: a megabyte of faults costs
 * milliseconds, where typebox's own list of errors costs seconds.
 */
export function problemsOf(schema: TSchema, value: unknown): string {
  const problems = new Set<string>();
  for (const { text } of faultsIn(schema, value, "")) {
    problems.add(text);
    if (problems.size === maxProblems) break;
  }
  return clipped([...problems].join("; ") || "the value is not of the expected shape", maxCharacters);
}

/** A fault of a value: where it is, as keys and indices parted by `/`, and what is wrong, its place included. */
export interface Fault {
  readonly path: string;
  readonly text: string;
}

/** The first fault, for whoever can show its place; an unknown key's path ends in that key. */
export function firstFaultOf(schema: TSchema, value: unknown): Fault {
  const [fault] = faultsIn(schema, value, "");
  return fault ?? { path: "", text: "the value is not of the expected shape" };
}

/** Descends by the compiled checks into what is wrong alone. */
function* faultsIn(schema: TSchema, value: unknown, path: string): Generator<Fault> {
  const shape = schema as Shape;
  if (shape.type === "array" && shape.items !== undefined && Array.isArray(value)) {
    yield* faultsInArray(shape, shape.items, value, path);
  } else if (shape.properties !== undefined && typeof value === "object" && value !== null && !Array.isArray(value)) {
    yield* faultsInObject(shape, shape.properties, value as Record<string, unknown>, path);
  } else {
    for (const { keyword, instancePath, message } of Value.Errors(schema, value)) {
      if (keyword === "boolean" || keyword === "anyOf") continue;
      const at = below(path, instancePath.slice(1));
      const meant = keyword === "pattern" && shape.type === "string" ? shape.description : undefined;
      yield { path: at, text: `${at || "the value"} ${message}${meant === undefined ? "" : `: ${meant}`}` };
    }
  }
}

function* faultsInArray(shape: Shape, items: TSchema, value: readonly unknown[], path: string): Generator<Fault> {
  const { minItems = 0, maxItems = Infinity } = shape;
  if (value.length < minItems) yield { path, text: `${path} must not have fewer than ${minItems} items` };
  if (value.length > maxItems) yield { path, text: `${path} must not have more than ${maxItems} items` };
  for (const [index, item] of value.entries()) {
    if (!hasShape(items, item)) yield* faultsIn(items, item, below(path, String(index)));
  }
}

function* faultsInObject(
  shape: Shape,
  properties: Readonly<Record<string, TSchema>>,
  value: Readonly<Record<string, unknown>>,
  path: string,
): Generator<Fault> {
  const where = path || "the value";
  const missing = shape.required?.filter((key) => !Object.hasOwn(value, key)) ?? [];
  if (missing.length > 0) yield { path, text: `${where} must have required properties: ${missing.join(", ")}` };
  if (shape.additionalProperties === false) {
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
    const [first] = unknown;
    if (first !== undefined) {
      yield { path: below(path, first), text: `${where} must not have additional properties: ${namesOf(unknown)}` };
    }
  }
  for (const [key, child] of Object.entries(properties)) {
    if (Object.hasOwn(value, key) && !hasShape(child, value[key])) {
      yield* faultsIn(child, value[key], below(path, key));
    }
  }
}

function below(path: string, key: string): string {
  return path === "" || key === "" ? path + key : `${path}/${key}`;
}

function namesOf(keys: readonly string[]): string {
  const more = keys.length - maxProblems;
  const named = keys.slice(0, maxProblems).map((key) => clipped(key, 64));
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
