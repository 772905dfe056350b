import Type from "typebox";
import { ImageName } from "../names.ts";
import { nodeSelection, waveLimits } from "./selection.ts";

/** Arguments of `reload`: write images to the nodes' disks, then boot them. Exactly one of `nodelist`, `experiment`. */
export const ReloadArgs = Type.Object(
  {
    nodelist: nodeSelection.nodelist,
    experiment: nodeSelection.experiment,
    imageid: Type.Optional(ImageName),
    images: Type.Optional(
      Type.Array(ImageName, {
        minItems: 1,
        maxItems: 16,
        description: "loaded in this order, and the last decides what boots; default: the node type's",
      }),
    ),
    waitmode: Type.Optional(
      Type.Enum(["none", "reloaded", "booted"], {
        description:
          "none: start and return, and the nodes are busy to reboot and power until they are loaded; reloaded: until the image is on the disk; booted: until ISUP too",
        default: "reloaded",
      }),
    ),
    waittime: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: "with booted: seconds from the load to ISUP" }),
    ),
    noreboot: Type.Optional(
      Type.Boolean({ description: "set everything up; whoever asks reboots the nodes", default: false }),
    ),
    zerofree: Type.Optional(Type.Boolean({ description: "zero what the image does not use", default: false })),
    prepare: Type.Optional(
      Type.Boolean({ description: "wipe stale partition and RAID metadata; default: for the default image" }),
    ),
    ...waveLimits,
  },
  { additionalProperties: false },
);
export type ReloadArgs = Type.Static<typeof ReloadArgs>;
