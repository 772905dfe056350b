import Type from "typebox";
import { ImageName, NodeName, OpId, wireVersion } from "./names.ts";

/** SHA-256, lower-case hexadecimal. */
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });

/** An entry of a disk's partition table, in sectors of 512 bytes. */
export const Partition = Type.Object({
  number: Type.Integer({ minimum: 1, maximum: 128 }),
  startSector: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  sizeSectors: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  type: Type.String({
    pattern: "^(?:[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
    description: "MBR: two hexadecimal digits; GPT: the type's GUID",
  }),
  isBootable: Type.Boolean(),
});
export type Partition = Type.Static<typeof Partition>;

/** How the ramdisk gets an image: by HTTP from the boot agent, or by joining a udpcast session. */
export const Transport = Type.Union([
  Type.Object({ kind: Type.Literal("http") }),
  Type.Object({
    kind: Type.Literal("multicast"),
    portBase: Type.Integer({ minimum: 1_024, maximum: 65_534, description: "udpcast's, which uses the next one too" }),
    group: Type.String({ pattern: "^[0-9.]{7,15}$" }),
  }),
]);
export type Transport = Type.Static<typeof Transport>;

/** One image of a load, as the ramdisk needs it. */
export const PlannedImage = Type.Object({
  image: ImageName,
  /** The partition that it is written to; without one, the whole disk. */
  partition: Type.Optional(Type.Integer({ minimum: 1, maximum: 128 })),
  rawBytes: Type.Integer({ minimum: 1 }),
  fileBytes: Type.Integer({ minimum: 0 }),
  manifestSha256: Sha256,
  /** Missing until the reload agent has chosen. */
  transport: Type.Optional(Transport),
});
export type PlannedImage = Type.Static<typeof PlannedImage>;

/** What a ramdisk is to do with the node's disk: images in the order in which they are written; the last one boots. */
export const BootPlan = Type.Object({
  images: Type.Array(PlannedImage, { minItems: 1, maxItems: 16 }),
  /** Zero what no image wrote. */
  zeroFree: Type.Boolean(),
  /** Wipe stale partition tables and RAID metadata first. */
  prepare: Type.Boolean(),
  /** The disk as the ramdisk calls it; without one, its first. */
  disk: Type.Optional(Type.String({ pattern: "^/dev/[a-z0-9/]{2,64}$" })),
});
export type BootPlan = Type.Static<typeof BootPlan>;

/** Why a ramdisk gave up, as it says itself; each is a reason of the catalogue. */
export const loadFailures = [
  "no-carrier",
  "join-timeout",
  "hash-mismatch",
  "signature-mismatch",
  "write-error",
  "short-disk",
] as const;
export type LoadFailure = (typeof loadFailures)[number];

/** What a ramdisk wrote: the digest is of the raw image, taken while it was written. */
export const LoadedImage = Type.Object({ image: ImageName, sha256: Sha256 }, { additionalProperties: false });
export type LoadedImage = Type.Static<typeof LoadedImage>;

/** How far a ramdisk has come with one image, `POST /v1/progress`, every two seconds. */
export const ProgressReport = Type.Object(
  {
    image: ImageName,
    bytesWritten: Type.Integer({ minimum: 0, description: "of the raw image" }),
    bytesTotal: Type.Integer({ minimum: 1 }),
    transport: Type.Enum(["http", "multicast"]),
  },
  { additionalProperties: false },
);
export type ProgressReport = Type.Static<typeof ProgressReport>;

/**
 * What the boot agent publishes of it on `progress.<node>`, and that a ramdisk asks how an image comes: with no byte written and no
 * transport. Kept nowhere: a lost one is made up for by the next.
 */
export const LoadProgress = Type.Object({
  v: Type.Literal(wireVersion),
  node: NodeName,
  loadId: OpId,
  ...ProgressReport.properties,
  transport: Type.Optional(ProgressReport.properties.transport),
});
export type LoadProgress = Type.Static<typeof LoadProgress>;
