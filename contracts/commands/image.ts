import Type from "typebox";
import { ImageName, NodeName } from "../names.ts";

/** Arguments of `image-remove` and `image-verify`. */
export const ImageArgs = Type.Object({ image: ImageName }, { additionalProperties: false });
export type ImageArgs = Type.Static<typeof ImageArgs>;

/** Arguments of `image-add`: make an image of a raw disk or partition that lies in the reload agent's image directory. */
export const ImageAddArgs = Type.Object(
  {
    image: ImageName,
    path: Type.String({
      minLength: 1,
      maxLength: 1_024,
      description: "the raw file, relative to the image directory; a path out of it, or a link, is refused",
    }),
    project: Type.Optional(NodeName),
    visibility: Type.Optional(
      Type.Enum(["project", "public"], { description: "who may load it; default: project with one, else public" }),
    ),
    partition: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 128, description: "it holds this partition, not a whole disk" }),
    ),
    maxConcurrentLoads: Type.Optional(Type.Integer({ minimum: 1, description: "nodes that may load it at one time" })),
    replace: Type.Optional(Type.Boolean({ description: "take the place of the image of that name", default: false })),
  },
  { additionalProperties: false },
);
export type ImageAddArgs = Type.Static<typeof ImageAddArgs>;
