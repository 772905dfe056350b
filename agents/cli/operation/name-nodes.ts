import { RefusedError } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import { type NodeSetText, resolveNodeSet } from "../node-set/resolve-node-set.ts";
import type { Surroundings } from "../surroundings.ts";
import { readGroupNames } from "./read-inventory.ts";

/** A list of nodes (`@file:PATH`, `-`) that cannot be read. */
class NodeListError extends Error {
  readonly code = "node-list-unreadable";
}

/**
 * The nodes that a command line names, at least one; groups come from the inventory. Throws NodeSetError,
 * NodeListError or RefusedError.
 */
export async function nameNodes(
  written: NodeSetText,
  coordinator: Pick<Coordinator, "query">,
  surroundings: Pick<Surroundings, "readFile" | "readStdin">,
): Promise<string[]> {
  const names = await resolveNodeSet(written, {
    readGroup: (group) => readGroup(coordinator, group),
    readFile: (path) => readList(path, surroundings.readFile(path)),
    readStdin: () => readList("stdin", surroundings.readStdin()),
  });
  if (names.length > 0) return names;
  throw new RefusedError("nodelist-empty", "the node set stands for no node");
}

async function readGroup(coordinator: Pick<Coordinator, "query">, group: string): Promise<string[]> {
  const names = await readGroupNames(coordinator, group);
  if (names) return names;
  if (group.includes("/")) throw new RefusedError("experiment-unknown", `there is no experiment ${group}`);
  const detail = `there is no group @${group}; groups are @free, @all, @TYPE, @CIRCUIT and @PROJ/EXP`;
  throw new RefusedError("malformed-arguments", detail);
}

async function readList(name: string, reading: Promise<string>): Promise<string> {
  try {
    return await reading;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NodeListError(`cannot read the nodes listed in ${name}: ${why}`, { cause });
  }
}
