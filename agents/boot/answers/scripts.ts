/**
 * The iPXE scripts that nodes are given (https://ipxe.org/scripting). `url` is where the node reaches this agent. Every
 * script goes on by itself when a request fails: a boot agent that restarts costs nodes seconds, not their boot.
 */

/** iPXE puts the MAC of the interface that it boots from here, as 52-54-00-12-34-56. */
const ownMac = "${netX/mac:hexhyp}";

/** How often a node asks before it gives up on us and boots its next device, and the pause between, seconds. */
const maxTries = 12;
const pauseS = 5;

const scriptOf = (lines: readonly string[]) => ["#!ipxe", ...lines, ""].join("\n");

/** The first script, the same for all: asks for the node's own, for a minute; then the firmware's next device boots. */
export function firstScript(url: string): string {
  return scriptOf([
    "set tries:int32 0",
    ":ask",
    `chain --replace ${url}/v1/boot?mac=${ownMac} ||`,
    "inc tries",
    `iseq \${tries} ${maxTries} && exit ||`,
    `sleep ${pauseS}`,
    "goto ask",
  ]);
}

/** Boots the first disk; a firmware that cannot do it for iPXE (UEFI) goes on to its next device. */
export function diskScript(): string {
  return scriptOf(["sanboot --no-describe --drive 0x80 || exit"]);
}

/** Asks again and again whether to go on; each answer is held for a while by us, so this is no busy loop. */
export function waitScript(url: string): string {
  return scriptOf([":ask", `chain --replace ${url}/v1/wait?mac=${ownMac} ||`, `sleep ${pauseS}`, "goto ask"]);
}

/** The wait is over: the node asks anew what to boot. */
export function goOnScript(url: string): string {
  return firstScript(url);
}

export interface LoaderOptions {
  /** Where we have its kernel and its ramdisk: `/v1`. */
  readonly path: string;
  /** The one-time token: nowhere else than on this kernel's command line. */
  readonly token: string;
  /** More arguments for the kernel, as `console=ttyS0`. */
  readonly consoleArgs?: string;
}

/** Boots the ramdisk, which finds us by `reveille.boot` and proves by `reveille.token` which boot it is. */
export function loaderScript(url: string, { path, token, consoleArgs }: LoaderOptions): string {
  const args = [
    "initrd=ramdisk",
    ...(consoleArgs === undefined ? [] : [consoleArgs]),
    `reveille.boot=${url}`,
    `reveille.token=${token}`,
    "reveille.mac=${netX/mac}",
  ];
  return scriptOf([
    `kernel ${url}${path}/kernel ${args.join(" ")} || goto failed`,
    `initrd --name ramdisk ${url}${path}/ramdisk || goto failed`,
    "boot || goto failed",
    ":failed",
    `sleep ${pauseS}`,
    `chain --replace ${url}/boot.ipxe || goto failed`,
  ]);
}
