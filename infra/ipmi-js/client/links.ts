import { Link } from "./link.ts";
import { type BmcTarget, resolveTarget, targetKey } from "./target.ts";
import type { Wiring } from "./wiring.ts";

const IDLE_CHECK_MS = 1_000;

/** The client's links, one for each BMC and credentials. Sessions unused for long are closed, idle links forgotten. */
export class Links {
  readonly #wiring: Wiring;
  readonly #byKey = new Map<string, Link>();
  /** Most callers hand in the same object again. */
  readonly #byTarget = new WeakMap<BmcTarget, string>();
  #idleCheck: NodeJS.Timeout | undefined;

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
  }

  of(target: BmcTarget): Link {
    let key = this.#byTarget.get(target);
    if (key === undefined) {
      key = targetKey(resolveTarget(target));
      this.#byTarget.set(target, key);
    }
    let link = this.#byKey.get(key);
    if (link === undefined) {
      link = new Link(resolveTarget(target), this.#wiring);
      this.#byKey.set(key, link);
      this.#idleCheck ??= setInterval(() => this.#closeIdle(), IDLE_CHECK_MS).unref();
    }
    return link;
  }

  async close(): Promise<void> {
    clearInterval(this.#idleCheck);
    await Promise.all([...this.#byKey.values()].map((link) => Promise.all([link.disconnect(), link.closeConsoles()])));
    this.#byKey.clear();
  }

  #closeIdle(): void {
    for (const [key, link] of this.#byKey) {
      link.closeIfIdle(this.#wiring.keepSessionMs);
      if (link.isIdle) this.#byKey.delete(key);
    }
  }
}
