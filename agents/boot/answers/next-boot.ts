import type { NodeState } from "../../../contracts/index.ts";
import type { BootFacts } from "../../../infra/db/index.ts";

/** What a node that asks is told to do. */
export type NextBoot = { readonly kind: "disk" | "wait" } | { readonly kind: "loader"; readonly loadId: string };

/**
 * Decides, pure. A load that is done is never begun again, though its selection may not be back on the disk yet; a node
 * that was woken boots its disk, once, and waits again at its next boot.
 */
export function nextBoot({ boot, loadId, loadState, isWoken }: BootFacts): NextBoot {
  switch (boot) {
    case "disk":
      return { kind: "disk" };
    case "wait":
      return { kind: isWoken ? "disk" : "wait" };
    case "loader":
      return loadId === null || loadState === "RELOADDONE" ? { kind: "disk" } : { kind: "loader", loadId };
  }
}

/** The states that a node passes through by asking what to boot and getting this answer. */
export function statesOf({ kind }: NextBoot): readonly NodeState[] {
  return ["PXEBOOTING", kind === "wait" ? "PXEWAIT" : "BOOTING"];
}
