import type { PowerTarget } from "../../../infra/power/index.ts";

/** So long nobody here takes again what was given up to another replica, milliseconds: a few of its tries. */
const courtesyMs = 300;

/**
 * One BMC, as this replica sees it: whether it is ours to talk to, who here may want to, and what of that is under way. Pure
 * state; what becomes of it in the ledger is `BmcHolds`' business.
 */
export class BmcHold {
  readonly #targets = new Set<PowerTarget>();
  readonly #hangUps = new Map<string, () => Promise<void>>();
  /** Exchanges under way, and those that were got ready for. */
  #exchanges = 0;
  /** The ledger was asked for it: it may be ours, though nobody here knows yet. */
  #isAsked = false;
  #isOurs = false;
  #isWanted = false;
  #closing: "no" | "begun" | "done" = "no";
  #notBeforeMs = 0;

  /** `held`: it need not be taken. `yielding`: it is being let go to another replica; come again in a while. */
  get state(): "held" | "yielding" | "free" {
    if (this.#isWanted || this.#closing !== "no" || performance.now() < this.#notBeforeMs) return "yielding";
    return this.#isOurs ? "held" : "free";
  }

  /** Nothing here knows of it any more. */
  get isForgotten(): boolean {
    return !this.#isAsked && this.#targets.size === 0;
  }

  /** May be given up now: nobody here may ask any more, or another replica waits and no exchange is under way. */
  get isSpare(): boolean {
    const isNeeded = this.#exchanges > 0 || (this.#targets.size > 0 && !this.#isWanted);
    return this.#isAsked && this.#closing === "no" && !isNeeded;
  }

  get isClosed(): boolean {
    return this.#closing === "done";
  }

  /** The target may ask from now on, until it is left; this alone takes nothing. */
  use(target: PowerTarget): void {
    this.#targets.add(target);
  }

  leave(target: PowerTarget): void {
    this.#targets.delete(target);
  }

  /** The ledger is about to be asked for it. */
  ask(): void {
    this.#isAsked = true;
  }

  /** The ledger says that it is ours. */
  take(): void {
    this.#isOurs = true;
  }

  /** Another replica waits for it. */
  want(): void {
    this.#isWanted = this.#isOurs;
  }

  /** Begins an exchange, which keeps the hold until its end; false if the hold has been given up meanwhile. */
  begin(): boolean {
    if (this.state !== "held") return false;
    this.#exchanges += 1;
    return true;
  }

  /** Makes what was begun last for one more `end`. */
  keep(): void {
    this.#exchanges += 1;
  }

  end(): void {
    this.#exchanges -= 1;
  }

  /** What closes the session that `key` stands for, before the BMC is given up. */
  onHangUp(key: string, hangUp: () => Promise<void>): void {
    this.#hangUps.set(key, hangUp);
  }

  /** Closes the sessions with it. */
  async hangUp(): Promise<void> {
    this.#closing = "begun";
    await Promise.allSettled([...this.#hangUps.values()].map((close) => close()));
    this.#hangUps.clear();
    this.#closing = "done";
  }

  /** The ledger says that it is free, or somebody else's. */
  givenUp(): void {
    if (this.#isWanted) this.#notBeforeMs = performance.now() + courtesyMs;
    this.#isAsked = false;
    this.#isOurs = false;
    this.#isWanted = false;
    this.#closing = "no";
  }
}
