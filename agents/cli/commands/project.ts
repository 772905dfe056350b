import type { Command } from "commander";
import { declareKind } from "../inventory/declare-kind.ts";
import { asNames } from "../inventory/written-fields.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille project add|set|remove|list`. */
export function declare(command: Command, surroundings: Surroundings): void {
  declareKind(command, surroundings, {
    kind: "projects",
    noun: "project",
    names: "projects' names",
    declareFields: (sub) => sub,
    namesOf: asNames,
    changesOf: async (names) => ({ set: { projects: names.map((name) => ({ name })) } }),
    columns: [["project", ({ name }) => name]],
    examples: `  reveille project add demo
  reveille user set ann --project demo=leader`,
  });
}
