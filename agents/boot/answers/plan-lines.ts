import type { BootPlan, PlannedImage, Transport } from "../../../contracts/index.ts";

/** A plan as lines of `key value`, so that a shell can read it; docs/boot-protocol.md has an example. */
export function planLines(loadId: string, { images, prepare, zeroFree, disk = "auto" }: BootPlan): string {
  const lines = [
    `load ${loadId}`,
    `prepare ${prepare ? "yes" : "no"}`,
    `zero-free ${zeroFree ? "yes" : "no"}`,
    `disk ${disk}`,
    ...images.map(imageLine),
  ];
  return `${lines.join("\n")}\n`;
}

function imageLine({ image, partition, rawBytes, fileBytes, manifestSha256, transport }: PlannedImage): string {
  const target = partition === undefined ? "disk" : `partition:${partition}`;
  return `image ${image} ${target} ${rawBytes} ${fileBytes} ${manifestSha256} ${transportWord(transport)}`;
}

function transportWord(transport: Transport | undefined): string {
  switch (transport?.kind) {
    case undefined:
      return "undecided";
    case "http":
      return "http";
    case "multicast":
      return `multicast:${transport.group}:${transport.portBase}`;
  }
}
