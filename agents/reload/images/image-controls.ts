import type { InboxPublisher } from "../../../bus/index.ts";
import type { ImageAddArgs, ImageArgs, ImageSetArgs, Working } from "../../../contracts/index.ts";
import {
  ImageCancelledError,
  ImageLockLostError,
  failAbandonedImages,
  isUnreachable,
} from "../../../infra/db/index.ts";
import type { CommandKnock } from "../../runtime/commands/handle-command.ts";
import type { Log } from "../../runtime/log.ts";
import { repeat } from "../../runtime/repeat.ts";
import { addImage } from "./add-image.ts";
import { cancelImage } from "./cancel-image.ts";
import { type Answered, type ImageDeedOptions, type ImageTools, type Refused, refused } from "./image-deed.ts";
import { removeImage } from "./remove-image.ts";
import { setImage } from "./set-image.ts";
import { verifyImage } from "./verify-image.ts";

/** Images that one replica makes or verifies at one time: each takes as many processors as there are, and a connection. */
const maxLongDeeds = 2;
/** How often whoever waits hears that their image is being worked on, milliseconds. */
const tellEveryMs = 1_000;
/** How often images are looked for whose maker was killed, milliseconds. */
const lookEveryMs = 10_000;

/** The commands about images: `image-add`, `image-cancel`, `image-remove`, `image-set`, `image-verify`. */
export interface ImageControls {
  /** Deals with one; it may take as long as a disk takes to be read. */
  onControl(knock: CommandKnock): Promise<void>;
  /** Interrupts what takes long, and lets nothing new begin. */
  interrupt(): void;
  close(): Promise<void>;
}

export function createImageControls(
  options: ImageTools & { readonly publisher: InboxPublisher; readonly log: Log },
): ImageControls {
  const { sql, publisher, log } = options;
  const stopping = new AbortController();
  let longDeeds = 0;

  /** Runs a deed that takes long, and tells on the inbox how far it has come. */
  async function takeLong<T>(
    { to }: CommandKnock,
    deed: (options: ImageDeedOptions) => Promise<Answered<T>>,
  ): Promise<Answered<T>> {
    if (longDeeds >= maxLongDeeds) {
      return refused("overloaded", `${longDeeds} images are being worked on by this agent already`);
    }
    longDeeds += 1;
    let progress: Pick<Working, "bytesDone" | "bytesTotal"> = { bytesDone: 0 };
    const tell = () => publisher.working(to, progress);
    const timer = setInterval(tell, tellEveryMs);
    try {
      return await deed({ user: to.user, signal: stopping.signal, onProgress: (now) => (progress = now) });
    } finally {
      clearInterval(timer);
      longDeeds -= 1;
    }
  }

  async function answer(knock: CommandKnock): Promise<Answered<unknown>> {
    const { verb, command, to } = knock;
    switch (verb) {
      case "image-add":
        return takeLong(knock, (deed) => addImage(options, command.args as ImageAddArgs, deed));
      case "image-verify":
        return takeLong(knock, (deed) => verifyImage(options, command.args as ImageArgs, deed));
      case "image-set":
        return setImage(options, command.args as ImageSetArgs, to);
      case "image-remove":
        return removeImage(options, command.args as ImageArgs, to);
      case "image-cancel":
        return cancelImage(options, command.args as ImageArgs, to);
      default:
        throw new Error(`the reload agent does not serve ${verb}`);
    }
  }

  /** What a deed that broke off comes to; undefined where it is a fault of ours. */
  function brokenOff(err: unknown, image: string): Refused | undefined {
    if (err instanceof ImageCancelledError) return refused("image-cancelled", `image ${image}: ${err.message}`);
    if (isFull(err))
      return refused("image-directory-full", `there is no room for image ${image} in the image directory`);
    const isCutShort = stopping.signal.aborted || err instanceof ImageLockLostError || isUnreachable(err);
    return isCutShort ? refused("image-interrupted", `the work on image ${image} was cut short`) : undefined;
  }

  const look = async () => {
    for (const image of await failAbandonedImages(sql))
      log.warn({ image }, "whoever added an image was stopped half-way");
  };
  const looking = repeat(look, {
    everyMs: lookEveryMs,
    atOnce: true,
    onFault: (err) => {
      if (!isUnreachable(err)) log.error({ err }, "abandoned images could not be looked for");
    },
  });

  return {
    async onControl(knock) {
      const { to, verb, command } = knock;
      const { image } = command.args as ImageArgs;
      let answered: Answered<unknown>;
      try {
        answered = await answer(knock);
      } catch (err) {
        const refusal = brokenOff(err, image);
        if (!refusal) throw err;
        log.warn({ err, ...to, verb, image }, "a command about an image was cut short");
        answered = refusal;
      }
      if (answered.ok) publisher.answer(to, answered.answer);
      else publisher.rejected(to, answered.reason, answered.detail);
      log.info({ ...to, verb, image, ...(answered.ok ? {} : { reason: answered.reason }) }, "a command about an image");
    },
    interrupt: () => stopping.abort(new Error("the agent stops")),
    close: () => looking.stop(),
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
