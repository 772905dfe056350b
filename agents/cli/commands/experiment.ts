import type { Command } from "commander";
import { declareKind } from "../inventory/declare-kind.ts";
import { asIs, asNames, orNone, readFields } from "../inventory/written-fields.ts";
import { foldNames } from "../node-set/fold-names.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille experiment add|set|remove|list`. */
export function declare(command: Command, surroundings: Surroundings): void {
  declareKind(command, surroundings, {
    kind: "experiments",
    noun: "experiment",
    names: "experiments, written project/experiment",
    declareFields: (sub) =>
      sub
        .option("--os <os>", "the OS, or else the image, that its nodes are to run; none: whatever they have")
        .option("--nodes <nodes>", "reserve these nodes for it: a node set"),
    namesOf: asNames,
    changesOf: async (names, written, { coordinator, surroundings: ports }) => {
      const fields = readFields(written, { os: orNone(asIs) });
      const experiments = names.map((name) => ({ name, ...fields }));
      const nodeSet = written["nodes"];
      if (typeof nodeSet !== "string") return { set: { experiments } };
      const { nameNodes } = await import("../operation/name-nodes.ts");
      const nodes = await nameNodes({ included: [nodeSet] }, coordinator, ports);
      return { set: { experiments, nodes: nodes.map((name) => ({ name, experiment: names[0] ?? null })) } };
    },
    complete: async (experiments, coordinator) => {
      const { readNodesByExperiment } = await import("../operation/read-inventory.ts");
      const nodesOf = await readNodesByExperiment(coordinator);
      return experiments.map((entry) => ({ ...entry, nodes: nodesOf.get(String(entry["name"])) ?? [] }));
    },
    columns: [
      ["experiment", ({ name }) => name],
      ["os", ({ os }) => os],
      ["nodes", ({ nodes }) => foldNames(nodes as readonly string[]) || undefined],
    ],
    examples: `  reveille experiment add demo/lab --os ubuntu --nodes pc[1-4]
  reveille experiment set demo/lab --os base
  reveille node set pc4 --experiment none            release one node
  reveille experiment remove demo/lab                release them all`,
  });
}
