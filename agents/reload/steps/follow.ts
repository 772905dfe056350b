import { setTimeout as sleep } from "node:timers/promises";
import type { FailureReason, LoadProgress, StateChange } from "../../../contracts/index.ts";
import { loadSeconds } from "../../runtime/load-times.ts";
import { type CheckedImage, type LoadFault, type ObservationOf, ofThisAttempt, seenOf } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";
import { imagesOf } from "./arm.ts";

/** Waits for the ramdisk's word that it runs, or for a sign that it will not. */
export async function awaitStart(context: NodeContext): Promise<ObservationOf<"await-start">> {
  const { run, tools, settings } = context;
  const { base, restartedAtMs } = landmarksOf(context);
  const accept = (change: StateChange): StateChange | undefined =>
    isOfLoad(change, context) || isOff(change, context) ? change : undefined;
  const change = await tools.states.waitFor(run.node, accept, {
    afterId: base.reportId,
    deadlineAtMs: notBeforeReading(restartedAtMs + settings.reloadStartS * 1_000),
    signal: run.leaveSignal,
  });
  if (!change) return { step: "await-start", fault: { reason: "reload-not-started", phase: "load" } };
  const fault = await faultOf(change, context);
  if (fault) return { step: "await-start", fault };
  await tools.loads.clear({ node: run.node, loadId: landmarksOf(context).loadId });
  // From before this very report: a node that is done already says so in it.
  return { step: "await-start", reportId: change.id - 1 };
}

/**
 * Waits for RELOADDONE with the digest of every image. A disk that is being written is not left when the operation is
 * cancelled; it is when it takes longer than the images allow, or when nothing moves any more.
 */
export async function awaitLoad(context: NodeContext): Promise<ObservationOf<"await-load">> {
  const { run, tools, seen, settings, args } = context;
  const { images } = imagesOf(context);
  const { restartedAtMs, loadId } = landmarksOf(context);
  const start = seenOf(ofThisAttempt(seen), "await-start");
  const afterId = start && "reportId" in start ? start.reportId : 0;
  const zeroFree = args.zerofree ?? false;
  const deadlineAtMs = notBeforeReading(restartedAtMs + loadSeconds(settings, images, { zeroFree }) * 1_000);

  const watch = watchProgress(context, loadId, { anySignOfLife: zeroFree });
  const accept = (change: StateChange): StateChange | undefined => {
    if (!isOfLoad(change, context)) return isOff(change, context) ? change : undefined;
    watch.feed();
    return change.state === "RELOADDONE" || change.state === "TBFAILED" ? change : undefined;
  };
  const giveUp = new AbortController();
  const signal = AbortSignal.any([run.signal, giveUp.signal]);
  try {
    const change = await Promise.race([
      tools.states.waitFor(run.node, accept, { afterId, deadlineAtMs, signal }),
      watch.stalled(signal).then(() => "stalled" as const),
    ]);
    if (change === "stalled" || !change) {
      const reason = change === "stalled" ? "reload-stalled" : "reload-timeout";
      return { step: "await-load", fault: await withLog({ reason, phase: "load" }, context) };
    }
    const fault = await faultOf(change, context);
    if (fault) return { step: "await-load", fault };
    const { loaded = [], id: reportId } = change;
    const wrong = firstMismatch(images, loaded);
    if (wrong !== undefined) {
      const fault = await withLog({ reason: "hash-mismatch", phase: "load", detail: wrong }, context);
      return { step: "await-load", fault };
    }
    return { step: "await-load", reportId, loaded, transport: watch.transport };
  } finally {
    giveUp.abort(new Error("the load has ended"));
    watch.stop();
  }
}

/** Waits for the node's word that what was loaded is up, or has failed to come up. */
export async function awaitBoot(context: NodeContext): Promise<ObservationOf<"await-boot">> {
  const { run, tools, seen, settings, args } = context;
  const load = seenOf(seen, "await-load");
  const concluded = seenOf(seen, "conclude");
  const afterId = load && "reportId" in load ? load.reportId : 0;
  const waitS = args.waittime ?? settings.waitTimeS;
  const accept = (change: StateChange): ObservationOf<"await-boot"> | undefined => {
    if (change.reportedBy !== "address") return undefined;
    if (change.state === "TBFAILED") return { step: "await-boot", outcome: "tbfailed" };
    if (change.state !== "ISUP") return undefined;
    return { step: "await-boot", outcome: "isup", bootId: change.bootId ?? null, reportedBy: change.reportedBy };
  };
  const boot = await tools.states.waitFor(run.node, accept, {
    afterId,
    deadlineAtMs: notBeforeReading(Date.parse(concluded?.at ?? new Date().toISOString()) + waitS * 1_000),
    signal: run.leaveSignal,
  });
  return boot ?? { step: "await-boot", outcome: "timeout" };
}

/** So long a replica that took a node over reads what the node reported meanwhile, whatever the deadline, milliseconds. */
const readingMs = 5_000;

/** Nobody may have driven the node for longer than the deadline, and the node be done all the same. */
function notBeforeReading(deadlineAtMs: number): number {
  return Math.max(deadlineAtMs, Date.now() + readingMs);
}

/** What this attempt is told by: the report before it, when the node was restarted, the name of its load. */
function landmarksOf({ run, seen }: NodeContext) {
  const attempt = ofThisAttempt(seen);
  const base = seenOf(attempt, "look-up-state");
  const reboot = seenOf(attempt, "reboot");
  const armed = seenOf(attempt, "arm");
  if (!base || !armed || !reboot || !("at" in reboot)) throw new Error(`${run.node} is followed before it was begun`);
  return { base, restartedAtMs: Date.parse(reboot.at), loadId: armed.loadId };
}

/** The ramdisk that was booted for this very load says so. */
function isOfLoad(change: StateChange, context: NodeContext): boolean {
  return change.loadId === landmarksOf(context).loadId;
}

/** The node is off the path to its load: its boot loader gave up, or an OS of another boot than before speaks. */
function isOff(change: StateChange, context: NodeContext): boolean {
  if (change.state === "PXEFAILED") return true;
  if (change.reportedBy !== "address" || (change.state !== "ISUP" && change.state !== "TBFAILED")) return false;
  return change.bootId === undefined || change.bootId !== landmarksOf(context).base.bootId;
}

/** Why a report means that the load came to nothing, if it does. */
async function faultOf(change: StateChange, context: NodeContext): Promise<LoadFault | undefined> {
  if (change.state === "PXEFAILED") return { reason: "pxe-failed", phase: "load", ...detailOf(change) };
  if (!isOfLoad(change, context)) return { reason: "fell-off-reload", phase: "load", ...detailOf(change) };
  if (change.state !== "TBFAILED") return undefined;
  const reason: FailureReason = change.failure ?? "boot-failed";
  return withLog({ reason, phase: "load", ...detailOf(change) }, context);
}

function detailOf({ detail }: StateChange): { readonly detail?: string } {
  return detail === undefined ? {} : { detail };
}

/** The most of a ramdisk's log that goes into a result, characters. */
const maxLogCharacters = 4_000;

async function withLog(fault: LoadFault, context: NodeContext): Promise<LoadFault> {
  const { run, tools } = context;
  const log = await tools.loads.logOf({ node: run.node, loadId: landmarksOf(context).loadId });
  return log === undefined || log === "" ? fault : { ...fault, bootLog: log.slice(-maxLogCharacters) };
}

/** In what the digests that the node tells differ from those that the images have, for a person. */
function firstMismatch(
  images: readonly CheckedImage[],
  loaded: readonly { readonly image: string; readonly sha256: string }[],
): string | undefined {
  if (loaded.length !== images.length) return `the node tells of ${loaded.length} images of ${images.length}`;
  for (const [index, { image, rawSha256 }] of images.entries()) {
    const told = loaded[index];
    if (told?.image !== image)
      return `image ${index + 1} should be ${image}, and the node tells of ${told?.image ?? "none"}`;
    if (told.sha256 !== rawSha256) return `${image} was written with digest ${told.sha256}, and has ${rawSha256}`;
  }
  return undefined;
}

/** Follows how far the node's ramdisk comes: tells of it, and notices when it comes no further. */
function watchProgress(
  { run, tools, settings, tellProgress }: NodeContext,
  loadId: string,
  { anySignOfLife }: { readonly anySignOfLife: boolean },
) {
  let fedAtMs = performance.now();
  let last: LoadProgress | undefined;
  const feed = () => void (fedAtMs = performance.now());
  const stop = tools.progress.watch(run.node, (progress) => {
    if (progress.loadId !== loadId) return;
    const hasMoved = last?.image !== progress.image || last.bytesWritten !== progress.bytesWritten;
    if (hasMoved || anySignOfLife) feed();
    last = progress;
    tools.sessions?.reached(run.node, progress);
    const { transport } = progress;
    if (transport !== undefined) tellProgress({ ...progress, transport });
  });
  return {
    feed,
    stop,
    get transport() {
      return last?.transport ?? null;
    },
    /** Resolves once nothing has moved for as long as the node's type allows. Rejects with the signal's reason. */
    async stalled(signal: AbortSignal): Promise<void> {
      for (;;) {
        const leftMs = fedAtMs + settings.reloadStallS * 1_000 - performance.now();
        if (leftMs <= 0) return;
        await sleep(leftMs, undefined, { signal });
      }
    },
  };
}
