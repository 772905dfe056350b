import { AddressUnavailableError, FleetProcessError } from "../errors.ts";
import type { ShareOptions } from "../fleet/share.ts";
import type { SimulatedNode } from "../fleet/simulated-node.ts";
import type { JournalEntry } from "../machine/journal.ts";

/** What a fleet asks of a process that holds a share of it, and what is answered; JSON over the channel of `fork`. */
export interface ShareDeeds {
  readonly create: { readonly asked: ShareOptions; readonly answered: readonly SimulatedNode[] };
  readonly start: { readonly asked: string; readonly answered: null };
  readonly journal: { readonly asked: string; readonly answered: readonly JournalEntry[] };
  readonly close: { readonly asked: null; readonly answered: null };
}
export type ShareDeed = keyof ShareDeeds;

/** `id` is the asker's, and comes back with the answer. */
export type ShareRequest = {
  [D in ShareDeed]: { readonly id: number; readonly deed: D; readonly asked: ShareDeeds[D]["asked"] };
}[ShareDeed];

export type ShareReply =
  | { readonly id: number; readonly kind: "done"; readonly answered: unknown }
  | { readonly id: number; readonly kind: "failed"; readonly failure: ShareFailure };

/** An error that crosses the channel keeps what its reader could act on. */
export interface ShareFailure {
  readonly detail: string;
  /** The address that this machine lacks, where that was it. */
  readonly missingAddress?: string;
}

export function failureOf(error: unknown): ShareFailure {
  const detail = error instanceof Error ? error.message : String(error);
  return error instanceof AddressUnavailableError ? { detail, missingAddress: error.address } : { detail };
}

export function errorOf({ detail, missingAddress }: ShareFailure): AddressUnavailableError | FleetProcessError {
  return missingAddress === undefined
    ? new FleetProcessError(detail)
    : new AddressUnavailableError(missingAddress, new Error(detail));
}
