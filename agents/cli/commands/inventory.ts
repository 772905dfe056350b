import type { Command } from "commander";
import { type BusFlags, declareBusFlags, declareYes } from "../operation/flags.ts";
import type { ImportFlags } from "../inventory/transfer.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille inventory export|import`: everything that the registry holds, as YAML. */
export function declare(command: Command, surroundings: Surroundings): void {
  declareBusFlags(command.command("export").description("Print the whole inventory as YAML (admins).")).action(
    async (flags: BusFlags) => {
      const { exportInventory } = await import("../inventory/transfer.ts");
      await exportInventory(surroundings, flags);
    },
  );
  const importing = command.command("import <file>").description("Apply a file of YAML, all of it or nothing.");
  declareYes(declareBusFlags(importing))
    .option("--dry-run", "show the difference that it would make, and change nothing")
    .option("--prune", "remove what the lists in the file do not name")
    .option("--bmc-passwords <file>", "lines of NODE PASSWORD, sealed here before they leave; - for stdin")
    .action(async (file: string, flags: ImportFlags) => {
      const { importInventory } = await import("../inventory/transfer.ts");
      await importInventory(surroundings, file, flags);
    });
  command.addHelpText("after", notes);
}

const notes = `
An entry says what it sets; what it leaves out stays as it is. Lists: projects, users, systems, nodeTypes, circuits,
experiments, nodes, groups. The schema is docs/contracts/inventory.json.

Examples:
  reveille inventory export > site.yaml
  reveille inventory import site.yaml --dry-run     the difference, and nothing is changed
  reveille inventory import site.yaml --prune       the site is what the file says
  reveille inventory import - < part.yaml`;
