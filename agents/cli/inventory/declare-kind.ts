import type { Command } from "commander";
import { type BusFlags, declareBusFlags, declareYes } from "../operation/flags.ts";
import { RefusedError } from "../conclusion/ending.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ChangeFlags } from "./change-inventory.ts";
import type { KindCommand, WrittenFields } from "./kind-command.ts";

/** Declares `add`, `set`, `remove` and `list` of one kind of the inventory. */
export function declareKind(command: Command, surroundings: Surroundings, kind: KindCommand): void {
  const deed = (name: string, summary: string) => {
    const sub = command.command(`${name} <names...>`).description(summary);
    const examples = kind.examples
      .split(/\n(?= {2}\S)/u)
      .filter((example) => example.includes(` ${kind.noun} ${name} `));
    const shown = examples.length === 0 ? "" : `\n\nExamples:\n${examples.join("\n")}`;
    sub.addHelpText("after", `\nNAMES: ${kind.names}${shown}`);
    return declareBusFlags(sub).option("--dry-run", "show the difference that it would make, and change nothing");
  };
  for (const [name, state] of [
    ["add", "new"],
    ["set", "existing"],
  ] as const) {
    const summary = state === "new" ? `Add ${kind.noun}s.` : `Change what is given of ${kind.noun}s that exist.`;
    kind.declareFields(deed(name, summary)).action(async (written: string[], fields: WrittenFields) => {
      const { changeInventory } = await import("./change-inventory.ts");
      await changeInventory(surroundings, `${kind.noun} ${name}`, fields, async (coordinator) => {
        const lacking = state === "new" ? kind.lackingToAdd?.(fields) : undefined;
        if (lacking !== undefined) throw new RefusedError("malformed-arguments", `${kind.noun} add needs ${lacking}`);
        const ports = { coordinator, surroundings };
        const changes = await kind.changesOf(await kind.namesOf(written, ports), fields, ports);
        return { changes, expects: { kind: kind.kind, state } };
      });
    });
  }
  declareYes(deed("remove", `Remove ${kind.noun}s, and what hangs on them.`)).action(
    async (written: string[], flags: ChangeFlags) => {
      const { changeInventory } = await import("./change-inventory.ts");
      await changeInventory(surroundings, `${kind.noun} remove`, flags, async (coordinator) => ({
        changes: { remove: { [kind.kind]: [...(await kind.namesOf(written, { coordinator, surroundings }))] } },
        takesAway: true,
      }));
    },
  );
  declareBusFlags(command.command("list").description(`List all ${kind.noun}s.`)).action(async (flags: BusFlags) => {
    const { listEntries } = await import("./list-entries.ts");
    await listEntries(surroundings, kind, flags);
  });
  command.addHelpText("after", `\nNAMES: ${kind.names}\n\nExamples:\n${kind.examples}`);
}
