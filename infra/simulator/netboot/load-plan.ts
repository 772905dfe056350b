/** One image of a plan, as a ramdisk reads it (docs/boot-protocol.md). */
export interface PlanImage {
  readonly image: string;
  /** Undefined: the whole disk. */
  readonly partition: number | undefined;
  readonly rawBytes: number;
  readonly manifestSha256: string;
  readonly isDecided: boolean;
}

export interface LoadPlan {
  readonly loadId: string;
  readonly prepare: boolean;
  readonly zeroFree: boolean;
  readonly images: readonly PlanImage[];
}

/** Reads the lines of a plan; what it does not know is passed over. */
export function readPlan(text: string): LoadPlan {
  const lines = text.split("\n").map((line) => line.split(" "));
  const valueOf = (key: string) => lines.find(([word]) => word === key)?.[1] ?? "";
  return {
    loadId: valueOf("load"),
    prepare: valueOf("prepare") === "yes",
    zeroFree: valueOf("zero-free") === "yes",
    images: lines.flatMap(([word, image, target, rawBytes, , manifestSha256, transport]) =>
      word === "image" && image !== undefined && manifestSha256 !== undefined
        ? [
            {
              image,
              partition: target?.startsWith("partition:") ? Number(target.slice("partition:".length)) : undefined,
              rawBytes: Number(rawBytes),
              manifestSha256,
              isDecided: transport !== "undecided",
            },
          ]
        : [],
    ),
  };
}
