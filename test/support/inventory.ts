import type { Inventory } from "../../infra/db/index.ts";

type NodeEntry = NonNullable<Inventory["nodes"]>[number];

/** A node of type `pc` without power control; anything may be said otherwise. */
export function nodeOf(name: string, more: Partial<NodeEntry> = {}): NodeEntry {
  return { name, type: "pc", address: "127.0.0.1", power: { driver: "none" }, ...more };
}

/** Nodes `pc1` to `pcN`, all alike. */
export function fleetOf(count: number, more: Partial<NodeEntry> = {}): readonly NodeEntry[] {
  return Array.from({ length: count }, (_, index) => nodeOf(`pc${index + 1}`, more));
}

/** What makes a node one of the experiment `demo/lab`. */
export const inLab = { project: "demo", experiment: "lab" } as const;

/**
 * A site with these nodes. `admin` may everything, `ann` what is of project `demo`, `bob` what is of `other`; `reload` and `setup` are
 * agents. The experiment `demo/empty` holds no node. Type `appliance` is not rebootable.
 */
export function siteOf(nodes: readonly NodeEntry[], more: Partial<Inventory> = {}): Inventory {
  return {
    users: [
      { name: "admin", kind: "person", publicKey: "U-admin", isAdmin: true },
      { name: "ann", kind: "person", publicKey: "U-ann", projects: ["demo"] },
      { name: "bob", kind: "person", publicKey: "U-bob", projects: ["other"] },
      { name: "reload", kind: "agent", publicKey: "U-reload" },
      { name: "setup", kind: "agent", publicKey: "U-setup" },
    ],
    nodeTypes: [{ name: "pc" }, { name: "appliance", isRebootable: false }],
    experiments: [
      { project: "demo", name: "lab" },
      { project: "demo", name: "empty" },
      { project: "other", name: "lab" },
    ],
    nodes,
    ...more,
  };
}
