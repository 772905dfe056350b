import type { Command } from "commander";
import type { InventoryChanges, InventoryKind } from "../../../contracts/index.ts";
import type { Coordinator } from "../coordinator.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ChangeFlags } from "./change-inventory.ts";

/** What a command line sets of the entries that it names, as commander gives it. */
export type WrittenFields = ChangeFlags & Readonly<Record<string, unknown>>;

/** One of a kind, as the inventory writes it. */
export type Entry = Readonly<Record<string, unknown>>;

/** Where a command asks for what its words only point to. */
export interface CommandPorts {
  readonly coordinator: Coordinator;
  readonly surroundings: Surroundings;
}

/** How `reveille node|project|user|experiment` deals with its kind. */
export interface KindCommand {
  readonly kind: InventoryKind;
  /** `node`, as the command is called. */
  readonly noun: string;
  /** What the names look like in the help. */
  readonly names: string;
  /** Declares the options of `add` and `set`. */
  readonly declareFields: (command: Command) => Command;
  /** The names that a command line stands for. Throws RefusedError. */
  readonly namesOf: (written: readonly string[], ports: CommandPorts) => Promise<readonly string[]>;
  /** What a new entry must be given and is not, as flags; the registry checks the rest. */
  readonly lackingToAdd?: (fields: WrittenFields) => string | undefined;
  /** The change that sets what is written of these entries. */
  readonly changesOf: (
    names: readonly string[],
    fields: WrittenFields,
    ports: CommandPorts,
  ) => Promise<InventoryChanges>;
  /** Gives the entries of `list` what other kinds say of them. Throws RefusedError. */
  readonly complete?: (entries: readonly Entry[], coordinator: Coordinator) => Promise<readonly Entry[]>;
  /** The columns of `list`: heading and how an entry fills them. */
  readonly columns: readonly (readonly [string, (entry: Entry) => unknown])[];
  readonly examples: string;
}
