import Type from "typebox";
import { imageVisibilities } from "../commands/image.ts";
import { ImageName, Instant } from "../names.ts";

/** The images that the asker may load, in pages by name; admins see all. `image`: that one alone. */
export const ImagesQuery = Type.Object(
  { image: Type.Optional(ImageName), after: Type.Optional(ImageName) },
  { additionalProperties: false },
);
export type ImagesQuery = Type.Static<typeof ImagesQuery>;

export const ImageSummary = Type.Object({
  image: ImageName,
  project: Type.Optional(Type.String()),
  visibility: Type.Enum([...imageVisibilities]),
  state: Type.Enum(["adding", "ready", "failed"]),
  detail: Type.Optional(Type.String()),
  progress: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "of the raw image, while it is added" })),
  rawBytes: Type.Optional(Type.Integer({ minimum: 0 })),
  fileBytes: Type.Optional(Type.Integer({ minimum: 0 })),
  sha256: Type.Optional(Type.String({ description: "of the raw image" })),
  partition: Type.Optional(Type.Integer({ minimum: 1 })),
  maxConcurrentLoads: Type.Optional(Type.Integer({ minimum: 1 })),
  addedBy: Type.String(),
  addedAt: Instant,
});
export type ImageSummary = Type.Static<typeof ImageSummary>;

export const ImagesAnswer = Type.Object({ images: Type.Array(ImageSummary), next: Type.Optional(ImageName) });
export type ImagesAnswer = Type.Static<typeof ImagesAnswer>;
