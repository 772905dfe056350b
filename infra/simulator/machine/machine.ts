import { setTimeout as pause } from "node:timers/promises";
import type { FaultName } from "../faults.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { type BootMs, type BootPlan, firstBoot, planBoot } from "./boot-plan.ts";
import type { ChassisControl, DownCause, Journal } from "./journal.ts";
import { type PowerResponse, powerResponse } from "./power-response.ts";
import type { StateReporter } from "./state-reporter.ts";

/** How long the power is off in a cycle of the BMC's own. */
const CYCLE_PAUSE_MS = 250;
/** How long the operating system answers on after it was asked to shut down. */
const SHUTDOWN_MS = 300;
/** How long it answers on after `reboot` returned. */
const REBOOT_MS = 50;

/** The port by which the world sees whether a machine is up. */
export interface MachinePort {
  /** Resolves once connections are accepted. */
  open(signal: AbortSignal): Promise<void>;
  /** Refuses connections from now on, and drops those that are open. */
  close(): void;
}

export interface MachineParts {
  readonly faults: ReadonlySet<FaultName>;
  readonly bootMs: BootMs;
  readonly random: SeededRandom;
  readonly journal: Journal;
  readonly reporter: StateReporter;
  readonly port: MachinePort;
}

/**
 * A machine, from its power switch to its operating system. Off, it is nothing. With its power on it is in its firmware,
 * then in a booting kernel, then up, unless a fault stops it on the way; whatever runs ends with one abort of `#life`, so that
 * nothing of an earlier boot reaches into a later one.
 */
export class Machine {
  readonly #parts: MachineParts;
  #power: "off" | "on" | "cycling" = "off";
  #life = new AbortController();
  #bootId: string | undefined;
  #isUp = false;

  constructor(parts: MachineParts) {
    this.#parts = parts;
  }

  get isOn(): boolean {
    return this.#power === "on";
  }

  /** The running kernel's; undefined while none runs. */
  get bootId(): string | undefined {
    return this.#bootId;
  }

  /** The machine has been up all along. Resolves once its port is open and its ISUP answered; stops early if it goes down. */
  async appear(): Promise<void> {
    if (this.#power !== "off") return;
    const signal = this.#newLife();
    this.#power = "on";
    await this.#boot(firstBoot, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** What the BMC does to the machine. Returns at once; what follows takes its time. */
  control(control: ChassisControl): "carried-out" | "refused" {
    const hasListeningKernel = this.#isUp && !this.#parts.faults.has("ssh-hangs");
    const response = powerResponse(control, { isOn: this.#power !== "off", hasListeningKernel });
    if (response === "refuse") return "refused";
    this.#parts.journal.add({ kind: "power", control, wasOn: this.isOn });
    this.#respond(response);
    return "carried-out";
  }

  /** The operating system restarts the machine, in a moment. */
  reboot(): void {
    this.#later(REBOOT_MS, () => this.#restart("reboot"));
  }

  /** The operating system's set-up runs anew: TBSETUP, then ISUP, of the same boot. Rejects when the machine goes down. */
  async reconfigure(): Promise<void> {
    const { signal } = this.#life;
    const bootId = this.#bootId ?? "";
    await this.#parts.reporter.report("TBSETUP", bootId, signal);
    await this.#parts.reporter.report("ISUP", bootId, signal);
  }

  /** The machine is taken away: nothing of it runs on, nothing is journaled. */
  remove(): void {
    this.#endLife();
    this.#power = "off";
  }

  #respond(response: Exclude<PowerResponse, "refuse">): void {
    switch (response) {
      case "nothing":
        break;
      case "start":
        this.#start(0);
        break;
      case "cut":
        this.#cut("power-cut");
        break;
      case "cut-and-start":
        this.#cut("power-cut");
        this.#start(CYCLE_PAUSE_MS);
        break;
      case "restart":
        this.#restart("reset");
        break;
      case "panic":
        this.#restart("panic");
        break;
      case "shut-down":
        this.#later(SHUTDOWN_MS, () => this.#cut("shutdown"));
        break;
    }
  }

  #cut(cause: DownCause): void {
    this.#goDown(cause);
    this.#power = "off";
  }

  #restart(cause: DownCause): void {
    this.#goDown(cause);
    this.#start(0);
  }

  #start(afterMs: number): void {
    const signal = this.#newLife();
    this.#power = afterMs > 0 ? "cycling" : "on";
    this.#inLife(async () => {
      if (afterMs > 0) await pause(afterMs, undefined, { signal });
      this.#power = "on";
      await this.#boot(planBoot(this.#parts.faults, this.#parts.bootMs, this.#parts.random), signal);
    }, signal);
  }

  async #boot(plan: BootPlan, signal: AbortSignal): Promise<void> {
    const { journal, port, random, reporter } = this.#parts;
    // Drawn however far this boot gets: when it is cut short must not change the draws of the next.
    const bootId = random.uuid();
    if (plan.firmwareMs > 0) await pause(plan.firmwareMs, undefined, { signal });
    if (plan.reaches === "firmware") return;

    this.#bootId = bootId;
    journal.add({ kind: "boot", bootId });
    this.#inLife(() => reporter.report("BOOTING", bootId, signal), signal);
    if (plan.kernelMs > 0) await pause(plan.kernelMs, undefined, { signal });
    if (plan.reaches === "kernel") return;

    await port.open(signal);
    this.#isUp = true;
    journal.add({ kind: "up", bootId });
    await reporter.report("ISUP", bootId, signal);
  }

  #goDown(cause: DownCause): void {
    if (this.#bootId !== undefined) this.#parts.journal.add({ kind: "down", cause });
    this.#endLife();
  }

  #endLife(): void {
    this.#life.abort();
    this.#bootId = undefined;
    this.#isUp = false;
    this.#parts.port.close();
  }

  #newLife(): AbortSignal {
    this.#life = new AbortController();
    return this.#life.signal;
  }

  #later(afterMs: number, deed: () => void): void {
    const { signal } = this.#life;
    this.#inLife(async () => {
      await pause(afterMs, undefined, { signal });
      deed();
    }, signal);
  }

  /** Lets `work` run by itself; that the machine went down meanwhile is its ordinary end. */
  #inLife(work: () => Promise<void>, signal: AbortSignal): void {
    work().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
