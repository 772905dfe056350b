import { type Command, Option } from "commander";
import type { ImageVisibility } from "../../../contracts/index.ts";
import type { AddFlags } from "../images/add-image.ts";
import type { SetFlags } from "../images/set-image.ts";
import { type BusFlags, declareBusFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";
import { declare as declareImages } from "./images.ts";

/** `reveille image add|set|verify|cancel|remove|list`. */
export function declare(command: Command, surroundings: Surroundings): void {
  const add = command
    .command("add <image> <file>")
    .description("Make an image of a raw disk or partition, a file in the reload agent's image directory.")
    .option("--project <project>", "whose it is (default: the site's, which takes an admin)")
    .addOption(visibilityOption("who may load it (default: the project's members, or all for the site's)"))
    .option("--partition <n>", "the file is this partition (default: a whole disk)")
    .option("--max-loads <n>", "how many nodes may load it at one time (default: any number)")
    .option("--replace", "take the place of the image of that name, if no node loads it");
  declareBusFlags(add).action(async (image: string, path: string, flags: AddFlags) => {
    const { addImage } = await import("../images/add-image.ts");
    await addImage(surroundings, { image, path }, flags);
  });
  const set = command
    .command("set <image>")
    .description("Change who may load an image, and how many nodes at one time.")
    .addOption(visibilityOption("who may load it"))
    .option("--max-loads <n>", "how many nodes may load it at one time; any: any number");
  declareBusFlags(set).action(async (image: string, flags: SetFlags) => {
    const { setImage } = await import("../images/set-image.ts");
    await setImage(surroundings, image, flags);
  });
  const cancel = command.command("cancel <image>").description("End the adding or verifying of an image.");
  declareBusFlags(cancel).action(async (image: string, flags: BusFlags) => {
    const { cancelImage } = await import("../images/cancel-image.ts");
    await cancelImage(surroundings, image, flags);
  });
  const verify = command
    .command("verify <image>")
    .description("Read and unpack all of an image, and say what is wrong.");
  declareBusFlags(verify).action(async (image: string, flags: BusFlags) => {
    const { verifyImage } = await import("../images/verify-image.ts");
    await verifyImage(surroundings, image, flags);
  });
  const remove = command
    .command("remove <image>")
    .description("Remove an image that no node loads and nothing names, and its files.");
  declareBusFlags(remove).action(async (image: string, flags: BusFlags) => {
    const { removeImage } = await import("../images/remove-image.ts");
    await removeImage(surroundings, image, flags);
  });
  declareImages(command.command("list").description("List the images that you may load."), surroundings);
  command.addHelpText("after", explanation);
}

function visibilityOption(summary: string): Option {
  return new Option("--visibility <who>", summary).choices(["project", "public"] satisfies ImageVisibility[]);
}

const explanation = `
The reload agent reads the file itself: copy it into the image directory first (imageDir in the agent's config; with
'reveille up', images/ in the site's folder). FILE is relative to that directory. Links are not followed. A project's members
name files in the folder that is called as the project; admins name any.
The file must not change while it is read, and may be removed afterwards. Zero the free space first: zeros take no room.
'image list' (or 'reveille images') lists what there is, and how far an image is that is being added. Ctrl-C leaves the
agent at it; 'image cancel' ends it, and what was there before stays.

Examples:
  reveille image add debian-12 incoming/debian-12.raw            a whole disk, for everybody
  reveille image add web demo/web.raw --project demo --max-loads 8
  reveille image add home demo/sda2.raw --project demo --partition 2
  reveille image add debian-12 incoming/new.raw --replace
  reveille image set web --visibility public --max-loads any
  reveille image verify debian-12`;
