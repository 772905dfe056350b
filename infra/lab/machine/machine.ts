import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type GuardedProcess, spawnGuarded } from "../../embedded/index.ts";
import { LabError } from "../errors.ts";
import { type BootOrder, type MachineParts, bootIndexes, qemuArguments } from "./qemu-arguments.ts";
import { type Qmp, type QmpEvent, connectQmp } from "./qmp.ts";

/** What a machine's owner hears of it. */
export interface MachineListener {
  onPower(isOn: boolean): void;
  /** The guest asked to be reset; it stands still until this has settled. */
  onGuestReset(): Promise<void>;
}

const socketPollMs = 20;
const socketDeadlineMs = 30_000;

/**
 * A machine in QEMU. It is on from when its process runs until it is gone; requests are carried out one after the other.
 * Power off is a power cut: the process is killed. It cannot outlive us.
 */
export class Machine {
  readonly #parts: MachineParts;
  readonly #listener: MachineListener;
  #running: { readonly process: GuardedProcess; readonly qmp: Qmp; order: BootOrder; isHeld: boolean } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: MachineParts, listener: MachineListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  /** Does nothing when it is on. */
  powerOn(order: BootOrder): Promise<void> {
    return this.#inTurn(() => this.#start(order));
  }

  /** Does nothing when it is off. */
  powerOff(): Promise<void> {
    return this.#inTurn(async () => {
      const running = this.#running;
      running?.process.kill("SIGKILL");
      await running?.process.exited;
    });
  }

  /** As the button: what runs is not asked. Does nothing when it is off. */
  reset(order: BootOrder): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running === undefined) return;
      const { qmp } = this.#running;
      if (order !== this.#running.order) {
        const { network, disk } = bootIndexes(order);
        // QEMU refuses an index that is taken, even for a moment and by the device itself.
        await setBootIndex(qmp, "net0", -1);
        await setBootIndex(qmp, "disk0", disk);
        await setBootIndex(qmp, "net0", network);
        this.#running.order = order;
      }
      await resetNow(qmp);
    });
  }

  /** The plug of its network cable. @throws LabError when it is off. */
  async setLink(isUp: boolean): Promise<void> {
    if (this.#running === undefined) throw new LabError("a machine that is off has no link");
    await this.#running.qmp.execute("set_link", { name: "net0", up: isUp });
  }

  #inTurn(deed: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(deed);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #start(order: BootOrder): Promise<void> {
    if (this.#running !== undefined) return;
    const { qmpSocket } = this.#parts;
    await rm(qmpSocket, { force: true });
    const process = await spawnGuarded({
      command: "qemu-system-x86_64",
      args: qemuArguments(this.#parts, order),
      credentials: {},
      output: "pipe",
      orphanSignal: "KILL",
    });
    const said: string[] = [];
    for (const stream of process.output) stream.on("data", (text: Buffer) => said.push(text.toString()));
    const life = { hasEnded: false };
    void process.exited.then(() => {
      life.hasEnded = true;
      if (this.#running?.process !== process) return;
      this.#running.qmp.close();
      this.#running = undefined;
      this.#listener.onPower(false);
    });
    const connect = () => connectQmp(qmpSocket, (event) => void this.#hear(event, process));
    const qmp = await firstOf(connect, () => !life.hasEnded).catch((cause: unknown) => {
      process.kill("SIGKILL");
      throw new LabError(`QEMU did not start: ${said.join("").trim()}`, { cause });
    });
    this.#running = { process, qmp, order, isHeld: false };
    this.#listener.onPower(true);
  }

  async #hear({ event, data }: QmpEvent, process: GuardedProcess): Promise<void> {
    // A machine that was held goes on once it is reset; one that runs takes no notice.
    if (event === "RESET") await this.#running?.qmp.execute("cont").catch(() => undefined);
    if (event !== "SHUTDOWN") return;
    if (data?.reason !== "guest-reset") {
      process.kill("SIGKILL");
      return;
    }
    // A guest may ask more than once before it stands still; one answer is enough.
    if (this.#running?.process !== process || this.#running.isHeld) return;
    this.#running.isHeld = true;
    await this.#listener.onGuestReset();
    await this.#inTurn(async () => {
      // Whoever cuts the power meanwhile leaves nobody to answer.
      if (this.#running?.process !== process) return;
      this.#running.isHeld = false;
      await resetNow(this.#running.qmp).catch(() => undefined);
    });
  }
}

/**
 * What the first try brings that succeeds, while it may go on. QEMU makes its socket a moment before it listens there, and is
 * only then to be had: in that moment a machine that nobody holds would run on.
 */
async function firstOf<T>(attempt: () => Promise<T>, mayGoOn: () => boolean): Promise<T> {
  const deadline = performance.now() + socketDeadlineMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!mayGoOn() || performance.now() > deadline) throw error;
      await delay(socketPollMs);
    }
  }
}

/** Resets though guests are held when they ask for it; QEMU would hold the machine for us, too. */
async function resetNow(qmp: Qmp): Promise<void> {
  await qmp.execute("set-action", { reboot: "reset" });
  await qmp.execute("system_reset");
  await qmp.execute("set-action", { reboot: "shutdown" });
}

async function setBootIndex(qmp: Qmp, device: string, value: number): Promise<void> {
  await qmp.execute("qom-set", { path: `/machine/peripheral/${device}`, property: "bootindex", value });
}
