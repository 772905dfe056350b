import { ImageName, type NodeSelection, type ReloadArgs, hasShape } from "../../../../contracts/index.ts";
import { RefusedError } from "../../conclusion/ending.ts";
import { parseWaitTime } from "./wait-time.ts";

/** The flags of `reload` that are arguments of the command. */
interface ReloadSwitches {
  readonly image?: readonly string[];
  readonly wait: boolean;
  readonly booted?: true;
  readonly waitTime?: string;
  readonly reboot: boolean;
  readonly zeroFree?: true;
  readonly prepare?: true;
}

/** Flags as the command's arguments; what was not given is left to the agent's default. Throws RefusedError. */
export function reloadArgsOf(flags: ReloadSwitches): Omit<ReloadArgs, keyof NodeSelection> {
  const { image: images, wait, waitTime, reboot, zeroFree, prepare } = flags;
  const isBooted = flags.booted === true || waitTime !== undefined;
  const strange = images?.find((name): boolean => !hasShape(ImageName, name));
  if (strange !== undefined) {
    throw new RefusedError(
      "malformed-arguments",
      `'${strange}' is no image's name: lower-case letters, digits and ._-`,
    );
  }
  if (!wait && isBooted) throw new RefusedError("malformed-arguments", "--no-wait and --booted exclude each other");
  if (!reboot && isBooted) {
    throw new RefusedError("malformed-arguments", "--no-reboot waits for nothing: whoever reboots the nodes may");
  }
  const waitmode = isBooted ? "booted" : "none";
  return {
    ...(images === undefined ? {} : { images: [...images] }),
    ...(isBooted || !wait ? { waitmode } : {}),
    ...(waitTime === undefined ? {} : { waittime: parseWaitTime(waitTime) }),
    ...(reboot ? {} : { noreboot: true }),
    ...(zeroFree ? { zerofree: true } : {}),
    ...(prepare ? { prepare: true } : {}),
  };
}
