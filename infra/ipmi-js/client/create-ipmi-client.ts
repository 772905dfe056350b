import { getDeviceId } from "../commands/app/get-device-id.ts";
import { type BootFlags, decodeBootFlags, encodeBootFlags } from "../commands/chassis/boot-flags.ts";
import { BOOT_PARAMETER } from "../commands/chassis/boot-option-parameter.ts";
import { chassisIdentify } from "../commands/chassis/chassis-identify.ts";
import { getChassisStatus } from "../commands/chassis/get-chassis-status.ts";
import { getSystemBootOptions } from "../commands/chassis/get-system-boot-options.ts";
import { setPowerRestorePolicy } from "../commands/chassis/set-power-restore-policy.ts";
import { setSystemBootOptions } from "../commands/chassis/set-system-boot-options.ts";
import { createRandomBytes } from "../crypto/random-bytes.ts";
import { MalformedResponseError } from "../errors/refusals.ts";
import { ClientClosedError } from "../errors/silence.ts";
import { startCall } from "./call.ts";
import { Demultiplexer } from "./demultiplexer.ts";
import type { IpmiClient } from "./ipmi-client.ts";
import { Link } from "./link.ts";
import { Links } from "./links.ts";
import { RoundTrip } from "./round-trip.ts";
import { Sweep } from "./sweep.ts";
import { type BmcTarget, resolveTarget } from "./target.ts";
import { Turnstile } from "./turnstile.ts";
import { UdpSockets } from "./udp-sockets.ts";
import type { Wiring } from "./wiring.ts";

export interface IpmiClientOptions {
  /** UDP sockets, default 4; each holds the answers of some 200 to 400 BMCs at once with Linux's default limits. */
  readonly sockets?: number;
  /** How many calls may await answers at once, default 1,000. BMCs that have fallen silent do not count. */
  readonly window?: number;
  /** How long a BMC that says nothing at all is waited for, default 4,000 ms. */
  readonly unreachableAfterMs?: number;
  /** How long an unused session is kept, default 30,000 ms; BMCs drop them after 60 s. 0: close after each use. */
  readonly keepSessionMs?: number;
  /** Uniform in [0, 1): the jitter of retries. Default `Math.random`. */
  readonly random?: () => number;
}

/** How many calls begin in a turn of the event loop: about as many as have all their answers read in one. */
const ENTRIES_PER_TURN = 16;

/** A client for any number of BMCs. Nothing is opened before the first call. */
export function createIpmiClient(options: IpmiClientOptions = {}): IpmiClient {
  const randomBytes = createRandomBytes();
  const demultiplexer = new Demultiplexer(randomBytes);
  const sweep = new Sweep(() => demultiplexer.receivedPackets);
  const socketOptions = { count: options.sockets ?? 4, receive: demultiplexer.receive };
  let isClosed = false;
  const wiring: Wiring = {
    sweep,
    demultiplexer,
    randomBytes,
    sockets4: new UdpSockets("udp4", socketOptions),
    sockets6: new UdpSockets("udp6", socketOptions),
    window: new Turnstile(sweep, options.window ?? 1_000, ENTRIES_PER_TURN),
    neighbours: new RoundTrip(),
    random: options.random ?? Math.random,
    unreachableAfterMs: options.unreachableAfterMs ?? 4_000,
    keepSessionMs: options.keepSessionMs ?? 30_000,
    isClosed: () => isClosed,
  };
  const links = new Links(wiring);

  const linkOf = (target: BmcTarget): Link => {
    if (isClosed) throw new ClientClosedError(resolveTarget(target));
    return links.of(target);
  };
  const execute: IpmiClient["execute"] = async (target, command, options) =>
    linkOf(target).execute(startCall(options), { command, request: options.request });
  const chassisStatus: IpmiClient["chassisStatus"] = async (target, callOptions) =>
    linkOf(target).execute(startCall(callOptions), { command: getChassisStatus, request: {} });

  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    sweep.cancelAll();
    await links.close();
    await Promise.all([wiring.sockets4.close(), wiring.sockets6.close()]);
  };

  return {
    execute,
    chassisStatus,
    connect: async (target, callOptions) => linkOf(target).connect(startCall(callOptions)),
    getDeviceId: (target, callOptions) => execute(target, getDeviceId, { ...callOptions, request: {} }),
    async chassisControl(target, action, controlOptions) {
      const call = startCall(controlOptions);
      const sendBeforeAt = controlOptions?.sendBeforeMs ?? Number.POSITIVE_INFINITY;
      return linkOf(target).control(call, { action, sendBeforeAt });
    },
    async setBootDevice(target: BmcTarget, flags: BootFlags, callOptions) {
      const request = { selector: BOOT_PARAMETER.bootFlags, data: encodeBootFlags({ ...flags, isValid: true }) };
      await execute(target, setSystemBootOptions, { ...callOptions, request });
    },
    async getBootOptions(target, callOptions) {
      const request = { selector: BOOT_PARAMETER.bootFlags };
      const { data } = await execute(target, getSystemBootOptions, { ...callOptions, request });
      const bootOptions = decodeBootFlags(data);
      if (bootOptions === undefined) throw new MalformedResponseError(resolveTarget(target), "Get System Boot Options");
      return bootOptions;
    },
    async setPowerRestorePolicy(target, policy, callOptions) {
      await execute(target, setPowerRestorePolicy, { ...callOptions, request: { policy } });
    },
    async getPowerRestorePolicy(target, callOptions) {
      return (await chassisStatus(target, callOptions)).powerRestorePolicy;
    },
    async identify(target, duration = 15, callOptions) {
      await execute(target, chassisIdentify, { ...callOptions, request: { duration } });
    },
    openConsole: async (target, consoleOptions) =>
      linkOf(target).openSol(startCall(consoleOptions), { takeOver: consoleOptions?.takeOver ?? false }),
    disconnect: async (target) => linkOf(target).disconnect(),
    get strayPackets() {
      return demultiplexer.strayPackets;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
