/**
 * The port that every power driver stands behind.
 *
 * What a caller must expect comes back as a value: success, or a failure with a reason of the catalogue. Two things
 * are thrown: a fault of ours, and, by `prepare` and `read` alone, the signal's reason once it is aborted. `fire` never
 * throws for an abort, because its caller must learn whether something may have left. A driver that asks nobody looks at
 * no signal.
 *
 * `deadlineMs` and `sendBeforeMs` are instants on the clock of `performance.now()`, not durations.
 */
import type { FailureReason } from "../../contracts/index.ts";
import type { PowerConfig } from "./config.ts";

export type PowerState = "on" | "off";
export type PowerCommand = "on" | "off" | "cycle" | "reset" | "soft" | "diag";

/** A node and how its power is controlled: what the inventory holds. */
export interface PowerTarget<C extends PowerConfig = PowerConfig> {
  readonly node: string;
  readonly power: C;
}

export interface PowerRead {
  readonly ok: true;
  readonly state: PowerState;
  /** Where a node has several drivers: the one that answered. */
  readonly by?: PowerConfig["driver"];
}

/** It did not work; `detail` is for a person and never holds a secret. */
export interface PowerFailure {
  readonly ok: false;
  readonly reason: FailureReason;
  readonly detail: string;
  /** The device was not asked this time: when it last was, and when it will be again if that is settled. ISO 8601. */
  readonly notAsked?: { readonly triedAt: string; readonly retryAt?: string };
}

/**
 * What of what speaks against asking a device is overlooked: `none`; `unreachable`, that nothing answered there a moment
 * ago, where much hangs on the answer; `all`, that it refused these credentials too, where an operator says so.
 */
export type Insistence = "none" | "unreachable" | "all";

export interface PowerOptions {
  /** An instant of `performance.now()`: then the call gives up. */
  readonly deadlineMs: number;
  /**
   * For a device that a session is opened with: how long that may take, and an exchange over it once it is open,
   * milliseconds. The deadline then bounds the wait for leave to ask it. Where a session takes too long: `bmc-connect-timeout`.
   */
  readonly limits?: { readonly connectMs: number; readonly answerMs: number };
  readonly signal: AbortSignal;
  /** Default `none`. */
  readonly insistence?: Insistence;
  /** How long a device is left alone where this call finds that nothing answers; default 30 s. */
  readonly holdMs?: number;
}

export interface FireOptions extends PowerOptions {
  /** An instant of `performance.now()`: from then on nothing leaves, no retransmission either. */
  readonly sendBeforeMs: number;
}

/**
 * How a power action went out. `accepted`: the device said that it does it; whether it did, only a read tells.
 * `not-sent`: nothing left, so whoever wants it still says `firing` anew. `unknown`: it may have happened, so
 * read the state and never send it again blindly.
 */
export type FireOutcome = "accepted" | "not-sent" | "unknown";

export interface PowerDriver<C extends PowerConfig = PowerConfig> {
  /** True if what `fire` sends changes the world: then the ledger must say `firing` before it is called. */
  readonly takesEffect: boolean;

  /** Whether this node's power can be controlled so; asks nobody, and may be asked at any time. */
  supports(target: PowerTarget<C>, command: PowerCommand): boolean;

  /**
   * Opens what `fire` needs, so that what it sends can leave at once. May be repeated: a repeat finds open what is
   * open, and opens anew what has been lost. Changes nothing about the node.
   */
  prepare(target: PowerTarget<C>, options: PowerOptions): Promise<{ readonly ok: true } | PowerFailure>;

  /** Reads the power state. May be repeated: each call asks the device again. Changes nothing about the node. */
  read(target: PowerTarget<C>, options: PowerOptions): Promise<PowerRead | PowerFailure>;

  /**
   * Sends one power action. Must NOT be repeated: a repeat may act a second time, which for `cycle`, `reset`, `soft`
   * and `diag` means restarting or interrupting the node again. A failure means that the device refused or that
   * it could not be asked: the action did not happen. Leaves soonest for the very target that was prepared.
   */
  fire(
    target: PowerTarget<C>,
    command: PowerCommand,
    options: FireOptions,
  ): Promise<{ readonly ok: true; readonly outcome: FireOutcome } | PowerFailure>;

  /** The target, this very object, is asked for nothing more: what was opened for it may be closed. Changes nothing about the node. */
  release(target: PowerTarget<C>): void;

  /**
   * Follows the node's console until it is stopped or `signal` is aborted; missing where the device has none to show. Waits
   * for no console: one that cannot be had, or that somebody else has, shows nothing and fails nothing. May be repeated;
   * only one that follows a console at a time sees it. Changes nothing about the node.
   */
  followConsole?(
    target: PowerTarget<C>,
    options: PowerOptions,
  ): Promise<{ readonly ok: true; readonly console: FollowedConsole } | PowerFailure>;
}

/** A node's console that is being followed: a device keeps nothing, so this is what it showed from then on. */
export interface FollowedConsole {
  /** What it has shown last, at most 16 KiB, as text without escape sequences. */
  tail(): string;
  /** Lets go of it. Never rejects. */
  stop(): Promise<unknown>;
}

/** A driver with what it holds open: sessions, sockets. */
export type OwnedPowerDriver<C extends PowerConfig> = PowerDriver<C> & AsyncDisposable;

/** All the drivers of one agent; disposing closes what they hold open. */
export interface PowerDrivers extends AsyncDisposable {
  /** The driver for this node; nodes of one kind share it. */
  for(target: PowerTarget): PowerDriver;
}
