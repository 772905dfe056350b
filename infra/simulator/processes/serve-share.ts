import { createLocalShare } from "../fleet/local-share.ts";
import type { Share } from "../fleet/share.ts";
import { type ShareReply, type ShareRequest, failureOf } from "./share-messages.ts";

/**
 * Holds a share of a fleet for the process that forked this one, and ends with it: when the channel closes, however the
 * parent ended, this process exits.
 */
export function serveShare(): void {
  let share: Share | undefined;
  const underWay = new Set<Promise<void>>();

  const perform = async (request: ShareRequest): Promise<unknown> => {
    switch (request.deed) {
      case "create":
        share = await createLocalShare(request.asked);
        return share.nodes;
      case "start":
        await share?.start(request.asked);
        return null;
      case "journal":
        return share?.journal(request.asked);
      case "close":
        await share?.close();
        return null;
    }
  };

  process.on("disconnect", () => process.exit(0));
  // A terminal's Ctrl-C reaches every process of the group; when to end is the parent's to say.
  process.on("SIGINT", () => undefined);
  process.on("message", (request: ShareRequest) => {
    const { id } = request;
    // The answer to `close` is the last: after it the channel closes, and what is still to be answered would be lost.
    const others = request.deed === "close" ? [...underWay] : [];
    const answering = perform(request)
      .finally(() => Promise.all(others))
      .then(
        (answered) => reply({ id, kind: "done", answered }),
        (error: unknown) => reply({ id, kind: "failed", failure: failureOf(error) }),
      )
      .finally(() => underWay.delete(answering));
    underWay.add(answering);
  });
}

function reply(message: ShareReply): void {
  // Whoever asked may be gone; this process is about to learn it by itself.
  process.send?.(message, undefined, undefined, () => undefined);
}
