import Type from "typebox";
import { ImageName, NodeName } from "../names.ts";
import { reasons } from "../reasons/index.ts";

/** Who may load an image: its project's members, or everybody. */
export const imageVisibilities = ["project", "public"] as const;
export type ImageVisibility = (typeof imageVisibilities)[number];

/** Arguments of `image-remove`, `image-verify` and `image-cancel`. */
export const ImageArgs = Type.Object({ image: ImageName }, { additionalProperties: false });
export type ImageArgs = Type.Static<typeof ImageArgs>;

/** Arguments of `image-add`: make an image of a raw disk or partition that lies in the reload agent's image directory. */
export const ImageAddArgs = Type.Object(
  {
    image: ImageName,
    path: Type.String({
      minLength: 1,
      maxLength: 1_024,
      description:
        "the raw file, relative to the image directory; a path out of it, or a link, is refused. Who is no admin names a file in the folder that is called as the project",
    }),
    project: Type.Optional(NodeName),
    visibility: Type.Optional(
      Type.Enum([...imageVisibilities], { description: "who may load it; default: project with one, else public" }),
    ),
    partition: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 128, description: "it holds this partition, not a whole disk" }),
    ),
    maxConcurrentLoads: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: "nodes that may load it at one time" }),
    ),
    replace: Type.Optional(Type.Boolean({ description: "take the place of the image of that name", default: false })),
  },
  { additionalProperties: false },
);
export type ImageAddArgs = Type.Static<typeof ImageAddArgs>;

/** Arguments of `image-set`: who may load an image, and how many nodes at one time. What is left out stays. */
export const ImageSetArgs = Type.Object(
  {
    image: ImageName,
    visibility: Type.Optional(
      Type.Enum([...imageVisibilities], { description: "who may load it; project is for an image that has one" }),
    ),
    maxConcurrentLoads: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000 }), Type.Null()], {
        description: "nodes that may load it at one time; null: any number. Loads that are under way go on",
      }),
    ),
  },
  { additionalProperties: false, minProperties: 2 },
);
export type ImageSetArgs = Type.Static<typeof ImageSetArgs>;

/** What is known of an image that is whole. */
const measures = {
  image: ImageName,
  rawBytes: Type.Integer({ minimum: 1 }),
  fileBytes: Type.Integer({ minimum: 1 }),
  chunks: Type.Integer({ minimum: 1, description: "chunks of the file; zeros are in none" }),
  sha256: Type.String({ description: "of the raw image, lower-case hexadecimal" }),
};

/** What `image-add` answers, once the image can be loaded. */
export const ImageAddAnswer = Type.Object(measures);
export type ImageAddAnswer = Type.Static<typeof ImageAddAnswer>;

export const ImageRemoveAnswer = Type.Object({ removed: ImageName });
export type ImageRemoveAnswer = Type.Static<typeof ImageRemoveAnswer>;

/** What `image-set` answers: what holds from now on. */
export const ImageSetAnswer = Type.Object({
  image: ImageName,
  visibility: Type.Enum([...imageVisibilities]),
  maxConcurrentLoads: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
});
export type ImageSetAnswer = Type.Static<typeof ImageSetAnswer>;

/** What `image-cancel` answers: whoever adds or verifies the image is told, and ends within a second. */
export const ImageCancelAnswer = Type.Object({ cancelled: ImageName });
export type ImageCancelAnswer = Type.Static<typeof ImageCancelAnswer>;

/** What `image-verify` answers: every byte was read, or what is wrong first. */
export const ImageVerifyAnswer = Type.Union([
  Type.Object({ isWhole: Type.Literal(true), ...measures }),
  Type.Object({
    isWhole: Type.Literal(false),
    image: ImageName,
    reason: Type.Enum([...reasons]),
    detail: Type.String(),
  }),
]);
export type ImageVerifyAnswer = Type.Static<typeof ImageVerifyAnswer>;
