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
  const sum = (): LoadBytes => {
    let [written, total] = [0, 0];
    for (const image of [...nodes.values()].flatMap((images) => [...images.values()])) {
      written += image.written;
      total += image.total;
    }
    return { written, total };
  };
  return {
    note(event) {
      if (event.kind === "progress") {
        const { node, image, bytesWritten: written, bytesTotal: total } = event;
        nodes.set(node, (nodes.get(node) ?? new Map<string, LoadBytes>()).set(image, { written, total }));
        return sum();
      }
      if (event.kind !== "result") return undefined;
      const images = nodes.get(event.node);
      if (images === undefined) return undefined;
      if (event.result.status === 1) nodes.delete(event.node);
      // The last bytes may not have been told before the node's end was.
      else for (const [image, { total }] of images) images.set(image, { written: total, total });
      return sum();
    },
  };
}
