import type { FaultName } from "../faults.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { type BootMs, planBoot, planFirstBoot } from "./boot-plan.ts";
import type { ChassisControl, DownCause } from "./journal.ts";
import { type PowerResponse, powerResponse } from "./power-response.ts";
import { Run, type RunParts } from "./run.ts";

/** How long the power is off in a cycle of the BMC's own. */
const CYCLE_PAUSE_MS = 250;
/** How long the operating system answers on after it was asked to shut down. */
const SHUTDOWN_MS = 300;
/** How long it answers on after `reboot` returned. */
const REBOOT_MS = 50;

export interface MachineParts extends RunParts {
  readonly faults: ReadonlySet<FaultName>;
  readonly bootMs: BootMs;
  /** Decides boot times, nothing else. */
  readonly random: SeededRandom;
}

/** A machine: its power, and what runs on it while that is on. At first it is off. */
export class Machine {
  readonly #parts: MachineParts;
  #power: "off" | "on" | "cycling" = "off";
  #run: Run;

  constructor(parts: MachineParts) {
    this.#parts = parts;
    this.#run = new Run(parts);
  }

  get isOn(): boolean {
    return this.#power === "on";
  }

  /** What runs now; what ran last, when the machine is down. */
  get run(): Pick<Run, "bootId" | "reconfigure"> {
    return this.#run;
  }

  /** The machine has been up all along. Resolves once its port is open and its reports are answered, or it went down. */
  async appear(): Promise<void> {
    if (this.#power !== "off") return;
    this.#power = "on";
    this.#run = new Run(this.#parts);
    await this.#run.boot(planFirstBoot(), () => undefined);
  }

  /** What the BMC does to the machine. Returns at once; what follows takes its time. */
  control(control: ChassisControl): "carried-out" | "refused" {
    const hasListeningKernel = this.#run.isUp && !this.#parts.faults.has("ssh-hangs");
    const response = powerResponse(control, { isOn: this.#power !== "off", hasListeningKernel });
    if (response === "refuse") return "refused";
    this.#parts.journal.add({ kind: "power", control, wasOn: this.isOn });
    this.#respond(response);
    return "carried-out";
  }

  /** The operating system restarts the machine, in a moment. */
  reboot(): void {
    this.#run.later(REBOOT_MS, () => this.#restart("reboot"));
  }

  /** Its power goes, and nobody switched it off. */
  losePower(): void {
    this.#cut("power-cut");
  }

  /** The machine is taken away: nothing of it runs on, nothing is journaled. */
  remove(): void {
    this.#run.end();
    this.#power = "off";
  }

  #respond(response: Exclude<PowerResponse, "refuse">): void {
    switch (response) {
      case "nothing":
        break;
      case "start":
        this.#start();
        break;
      case "cut":
        this.#cut("power-cut");
        break;
      case "cut-and-start":
        this.#cycle();
        break;
      case "restart":
        this.#restart("reset");
        break;
      case "panic":
        this.#restart("panic");
        break;
      case "shut-down":
        this.#run.later(SHUTDOWN_MS, () => this.#cut("shutdown"));
        break;
    }
  }

  #start(): void {
    const { faults, bootMs, random } = this.#parts;
    this.#power = "on";
    this.#run = new Run(this.#parts);
    void this.#run.boot(planBoot(faults, bootMs, random), () => this.#restart("reboot"));
  }

  #cut(cause: DownCause): void {
    this.#run.end(cause);
    this.#power = "off";
  }

  #cycle(): void {
    this.#cut("power-cut");
    this.#power = "cycling";
    // A run in which nothing runs yet: power off ends it, and the power does not come back.
    this.#run = new Run(this.#parts);
    this.#run.later(CYCLE_PAUSE_MS, () => this.#start());
  }

  #restart(cause: DownCause): void {
    this.#run.end(cause);
    this.#start();
  }
}
