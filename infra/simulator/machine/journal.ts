import type { Instant, LoadFailure, NodeState, PowerAction } from "../../../contracts/index.ts";

/** What a BMC can be told to do to the power; `status` changes nothing. */
export type ChassisControl = Exclude<PowerAction, "status">;

/** One thing that a machine went through. */
export type JournalEvent =
  /** The BMC carried out a chassis control; `wasOn` is the power just before. */
  | { readonly kind: "power"; readonly control: ChassisControl; readonly wasOn: boolean }
  /** The boot agent told the firmware what to boot. */
  | { readonly kind: "script"; readonly boot: "disk" | "loader" | "wait" }
  /** A kernel began to run. */
  | { readonly kind: "boot"; readonly bootId: string }
  /** The ramdisk began to write images, had written all of them, or gave up. */
  | {
      readonly kind: "load";
      readonly loadId: string;
      readonly step: "began" | "done" | "failed";
      readonly failure?: LoadFailure;
      readonly detail?: string;
    }
  /** The ssh port opened. */
  | { readonly kind: "up"; readonly bootId: string }
  /** Whatever ran is gone; the port is closed. */
  | { readonly kind: "down"; readonly cause: DownCause }
  /** The boot agent took a report, or refused it for good (4xx). */
  | {
      readonly kind: "report";
      readonly state: NodeState;
      readonly bootId: string;
      readonly answer: "accepted" | "refused";
      readonly httpStatus: number;
    }
  /** A command came over ssh. */
  | { readonly kind: "ssh"; readonly command: string; readonly exitCode: number };

export type DownCause = "power-cut" | "reset" | "panic" | "shutdown" | "reboot";

/** An event, and when it happened by this machine's clock. */
export type JournalEntry = JournalEvent & { readonly at: Instant };

/** A machine's journal keeps this many entries, the latest. */
const MAX_ENTRIES = 5_000;

/** What a machine went through, oldest first. */
export interface Journal {
  add(event: JournalEvent): void;
  entries(): readonly JournalEntry[];
}

/** `now` gives milliseconds since 1970. */
export function createJournal(now: () => number = Date.now): Journal {
  const kept: JournalEntry[] = [];
  return {
    add(event) {
      if (kept.length === MAX_ENTRIES) kept.shift();
      kept.push({ ...event, at: new Date(now()).toISOString() });
    },
    entries: () => [...kept],
  };
}
