import type { NodeEvent } from "../../../contracts/index.ts";

/** How far the loads of an operation's nodes have come, in bytes on their disks. */
export interface LoadBytes {
  readonly written: number;
  /** Of the images that are or were under way; a node that has not begun, or has failed, counts for nothing. */
  readonly total: number;
}

/** Adds up what nodes tell of their loads. */
export function createLoadBytes(): {
  /** Takes an event down; the new sums, or undefined if it changes nothing. */
  note(event: NodeEvent): LoadBytes | undefined;
} {
  const nodes = new Map<string, Map<string, LoadBytes>>();
  let sum: LoadBytes = { written: 0, total: 0 };
  /** Counts an image of a node as `after` from now on: the sum follows, whatever the number of nodes. */
  const count = (before: LoadBytes | undefined, after: LoadBytes): void => {
    const { written = 0, total = 0 } = before ?? {};
    sum = { written: sum.written + after.written - written, total: sum.total + after.total - total };
  };
  return {
    note(event) {
      if (event.kind === "progress") {
        const { node, image, bytesWritten: written, bytesTotal: total } = event;
        const images = nodes.get(node) ?? new Map<string, LoadBytes>();
        count(images.get(image), { written, total });
        nodes.set(node, images.set(image, { written, total }));
        return sum;
      }
      if (event.kind !== "result") return undefined;
      const images = nodes.get(event.node);
      if (images === undefined) return undefined;
      nodes.delete(event.node);
      // The last bytes may not have been told before the node's end was.
      for (const image of images.values()) {
        const { total } = image;
        count(image, event.result.status === 1 ? { written: 0, total: 0 } : { written: total, total });
      }
      return sum;
    },
  };
}
