import type { Command } from "commander";
import { type BusFlags, declareBusFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille images`: what may be loaded. */
export function declare(command: Command, surroundings: Surroundings): void {
  command.argument("[image]", "this one alone (default: all that you may load)");
  declareBusFlags(command).action(async (image: string | undefined, flags: BusFlags) => {
    const { listImages } = await import("../reading/list-images.ts");
    await listImages(surroundings, image, flags);
  });
}
