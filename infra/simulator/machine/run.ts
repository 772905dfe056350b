import { setTimeout as pause } from "node:timers/promises";
import type { Disk } from "../netboot/disk.ts";
import type { BootChoice, Firmware } from "../netboot/firmware.ts";
import type { Ramdisk } from "../netboot/ramdisk.ts";
import type { BootPlan } from "./boot-plan.ts";
import type { DownCause, Journal } from "./journal.ts";
import type { SerialOutput } from "./serial-output.ts";
import type { StateReporter } from "./state-reporter.ts";

/** The port by which the world sees whether a machine is up. */
export interface MachinePort {
  /** Resolves once connections are accepted. */
  open(signal: AbortSignal): Promise<void>;
  /** Refuses connections from now on, and drops those that are open. */
  close(): void;
}

export interface RunParts {
  readonly journal: Journal;
  readonly reporter: StateReporter;
  readonly port: MachinePort;
  readonly firmware: Firmware;
  readonly ramdisk: Ramdisk;
  readonly disk: Pick<Disk, "isHalfWritten">;
  readonly serial: SerialOutput;
}

/** A machine that hangs waits for something, and says so so often, milliseconds. */
const complainEveryMs = 1_000;

/**
 * What runs on a machine from one start until it goes down: firmware, then a booting kernel, then a system that is up.
 * All of it ends with one abort, so that nothing of an earlier run reaches into a later one.
 */
export class Run {
  readonly #parts: RunParts;
  readonly #life = new AbortController();
  #bootId: string | undefined;
  #isUp = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** The kernel's; undefined while none runs. */
  get bootId(): string | undefined {
    return this.#bootId;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /**
   * Goes through a boot. Resolves when it has come as far as planned and every report is answered, or the run has ended.
   * `restart` is called when a ramdisk has done its work.
   */
  async boot(plan: BootPlan, restart: () => void): Promise<void> {
    const { signal } = this.#life;
    await this.#untilEnd(async () => {
      if (plan.asksFirst) this.#print("Firmware: memory and processors are well");
      if (plan.firmwareMs > 0) await pause(plan.firmwareMs, undefined, { signal });
      if (plan.reaches === "firmware") {
        this.#complain("Firmware: waiting for the PCI bus");
        return;
      }
      const choice: BootChoice = plan.asksFirst
        ? await this.#parts.firmware.choose(signal)
        : { kind: "disk", isRecorded: false };
      if (choice.kind === "loader") await this.#load(plan, choice, restart);
      else await this.#bootDisk(plan, choice.isRecorded);
    });
  }

  /** The system's set-up runs anew: TBSETUP, then ISUP, of the same boot. Rejects when the run ends. */
  async reconfigure(): Promise<void> {
    const { signal } = this.#life;
    const bootId = this.#bootId ?? "";
    await this.#parts.reporter.report({ state: "TBSETUP", bootId }, { signal });
    await this.#parts.reporter.report({ state: "ISUP", bootId }, { signal });
  }

  /** Does `deed` after so many milliseconds, unless the run has ended by then. */
  later(afterMs: number, deed: () => void): void {
    void this.#untilEnd(async () => {
      await pause(afterMs, undefined, { signal: this.#life.signal });
      deed();
    });
  }

  /** Whatever runs is gone. Without a cause it was taken away, and the journal has nothing of it. */
  end(cause?: DownCause): void {
    if (cause && this.#bootId !== undefined) this.#parts.journal.add({ kind: "down", cause });
    this.#life.abort();
    this.#bootId = undefined;
    this.#isUp = false;
    this.#parts.port.close();
  }

  async #bootDisk(plan: BootPlan, isRecorded: boolean): Promise<void> {
    const { reporter, disk } = this.#parts;
    // What was half written has no kernel to boot.
    if (disk.isHalfWritten) {
      this.#print("Firmware: the disk has nothing to boot");
      return;
    }
    const { bootId } = plan;
    const told = isRecorded ? undefined : reporter.report({ state: "BOOTING", bootId }, { signal: this.#life.signal });
    await Promise.all([this.#bootKernel(plan), told]);
  }

  /** The ramdisk's kernel comes up in half the time, since it sets up nothing. */
  async #load(
    { bootId, kernelMs, reaches }: BootPlan,
    choice: Extract<BootChoice, { kind: "loader" }>,
    restart: () => void,
  ): Promise<void> {
    const { signal } = this.#life;
    this.#bootId = bootId;
    this.#parts.journal.add({ kind: "boot", bootId });
    this.#print(`Command line: console=ttyS0 reveille.boot=${choice.bootUrl} reveille.token=${choice.token}`);
    if (reaches === "kernel") {
      this.#complain("ramdisk: waiting for a network device");
      return;
    }
    await pause(kernelMs / 2, undefined, { signal });
    if ((await this.#parts.ramdisk.load(choice, bootId, signal)) === "done") restart();
  }

  async #bootKernel({ bootId, kernelMs, reaches }: BootPlan): Promise<void> {
    const { signal } = this.#life;
    const { journal, port, reporter } = this.#parts;
    this.#bootId = bootId;
    journal.add({ kind: "boot", bootId });
    this.#print("Command line: console=ttyS0 root=/dev/sda1");
    if (kernelMs > 0) await pause(kernelMs, undefined, { signal });
    if (reaches === "kernel") {
      this.#complain("initramfs: waiting for the root device");
      return;
    }

    await port.open(signal);
    this.#isUp = true;
    this.#print("login:");
    journal.add({ kind: "up", bootId });
    await reporter.report({ state: "ISUP", bootId }, { signal });
  }

  #print(line: string): void {
    this.#parts.serial.write(`${line}\r\n`);
  }

  /** Comes no further, and says why for as long as the run lasts. */
  #complain(line: string): void {
    void this.#untilEnd(async () => {
      for (;;) {
        this.#print(line);
        await pause(complainEveryMs, undefined, { signal: this.#life.signal, ref: false });
      }
    });
  }

  /** That the run ended in the middle of `work` is an ordinary end of it. */
  async #untilEnd(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#life.signal.aborted) throw error;
    }
  }
}
