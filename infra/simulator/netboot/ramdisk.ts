import type { FileHandle } from "node:fs/promises";
import type { LoadedImage } from "../../../contracts/index.ts";
import type { ChunkCache } from "../../images/index.ts";
import type { FaultName } from "../faults.ts";
import type { Journal } from "../machine/journal.ts";
import type { SerialOutput } from "../machine/serial-output.ts";
import type { StateReporter } from "../machine/state-reporter.ts";
import type { Disk } from "./disk.ts";
import { type RamdiskRoute, fetchFrom, fetchPlan } from "./fetch.ts";
import { LoadFailedError, loadImage } from "./load-image.ts";
import { type LoadPlan, type PlanImage, readPlan } from "./load-plan.ts";
import type { BootChoice } from "./firmware.ts";

/** The deploy ramdisk: what a machine runs to have images written to its disk. */
export interface Ramdisk {
  /**
   * Loads what the boot agent has for this boot. `done`: the machine is to restart; `failed`: it waits for its power to be
   * cut. @throws AbortError when the machine goes down.
   */
  load(boot: Extract<BootChoice, { kind: "loader" }>, bootId: string, signal: AbortSignal): Promise<"done" | "failed">;
}

export interface RamdiskOptions {
  readonly address: string;
  readonly disk: Disk;
  readonly faults: ReadonlySet<FaultName>;
  readonly journal: Journal;
  readonly reporter: StateReporter;
  readonly serial: SerialOutput;
  readonly cache: ChunkCache;
  readonly imageKey: string | undefined;
  /** The machine's power goes, as in a blackout. */
  readonly losePower: () => void;
}

/** How often a ramdisk tells how far it has come, milliseconds. */
const progressEveryMs = 2_000;
/** What a new disk label and its copy at the end of a disk take up, bytes. */
const labelBytes = 1024 * 1024;

export function createRamdisk(options: RamdiskOptions): Ramdisk {
  const { address, disk, faults, journal, reporter, serial, losePower } = options;
  let hasDied = false;

  async function write(route: RamdiskRoute, first: LoadPlan, target: FileHandle): Promise<LoadedImage[]> {
    if (first.zeroFree) await target.truncate(0);
    if (first.prepare) await target.write(Buffer.alloc(labelBytes), 0, labelBytes, 0);
    const loaded: LoadedImage[] = [];
    let plan = first;
    for (const { image } of first.images) {
      plan = await decidedPlan(route, plan, image);
      const planned = plan.images.find((each) => each.image === image);
      if (!planned) throw new LoadFailedError(undefined, `${image} is in the plan no more`);
      const told = tellProgress(route, planned);
      const onProgress = (bytesWritten: number): void => {
        told.bytesWritten = bytesWritten;
        if (!faults.has("dies-mid-load") || hasDied || bytesWritten < planned.rawBytes / 2) return;
        hasDied = true;
        losePower();
      };
      try {
        loaded.push({ image, sha256: await loadImage({ ...options, route, planned, target, onProgress }) });
      } finally {
        await told.end();
      }
    }
    await target.sync();
    return loaded;
  }

  return {
    async load({ bootUrl, token }, bootId, signal) {
      const route: RamdiskRoute = { address, bootUrl, token, signal };
      let loadId = "";
      try {
        await reporter.report({ state: "RELOADSETUP", bootId }, { signal, token });
        const plan = readPlan(await fetchPlan(route));
        ({ loadId } = plan);
        const tooLarge = plan.images.find(({ rawBytes }) => rawBytes > disk.sizeBytes);
        if (tooLarge) {
          const detail = `${tooLarge.image} has ${tooLarge.rawBytes} bytes, and the disk ${disk.sizeBytes}`;
          throw new LoadFailedError("short-disk", detail);
        }
        journal.add({ kind: "load", loadId, step: "began" });
        await reporter.report({ state: "RELOADING", bootId }, { signal, token });
        disk.isHalfWritten = true;
        const loaded = await disk.use((target) => write(route, plan, target));
        disk.isHalfWritten = false;
        journal.add({ kind: "load", loadId, step: "done" });
        await reporter.report({ state: "RELOADDONE", bootId, loaded }, { signal, token });
        return "done";
      } catch (error) {
        signal.throwIfAborted();
        await giveUp(error, { route, bootId, loadId });
        return "failed";
      }
    },
  };

  async function giveUp(
    error: unknown,
    { route, bootId, loadId }: { readonly route: RamdiskRoute; readonly bootId: string; readonly loadId: string },
  ): Promise<void> {
    const detail = error instanceof Error ? error.message : String(error);
    const failure = failureOf(error);
    const { token, signal } = route;
    journal.add({ kind: "load", loadId, step: "failed", detail, ...(failure === undefined ? {} : { failure }) });
    const log = `reveille: loading ${loadId}\nreveille: ${failure ?? "failed"}: ${detail}\n`;
    serial.write(log.replaceAll("\n", "\r\n"));
    await fetchFrom(route, "/v1/log", { method: "POST", body: log }).catch(() => undefined);
    signal.throwIfAborted();
    const report = { state: "TBFAILED", bootId, detail, ...(failure === undefined ? {} : { failure }) } as const;
    await reporter.report(report, { signal, token });
  }
}

/** What the system says of a full or broken disk is a `write-error`; what no name fits has none. */
function failureOf(error: unknown): LoadFailedError["failure"] {
  if (error instanceof LoadFailedError) return error.failure;
  return error instanceof Error && "syscall" in error ? "write-error" : undefined;
}

/** The plan in which it is decided how `image` comes; asked for again while it is not. */
async function decidedPlan(route: RamdiskRoute, plan: LoadPlan, image: string): Promise<LoadPlan> {
  let known = plan;
  for (;;) {
    const planned: PlanImage | undefined = known.images.find((each) => each.image === image);
    if (!planned || planned.isDecided) return known;
    known = readPlan(await fetchPlan(route, image));
  }
}

/** Tells how far an image has come, every two seconds and at its end. What is lost is made up for by the next. */
function tellProgress(route: RamdiskRoute, { image, rawBytes }: PlanImage) {
  const told = { bytesWritten: 0, end };
  const tell = async (): Promise<void> => {
    const body = { image, bytesWritten: told.bytesWritten, bytesTotal: rawBytes, transport: "http" };
    await fetchFrom(route, "/v1/progress", { method: "POST", body }).catch(() => undefined);
  };
  const telling = setInterval(() => void tell(), progressEveryMs);
  async function end(): Promise<void> {
    clearInterval(telling);
    if (!route.signal.aborted) await tell();
  }
  return told;
}
