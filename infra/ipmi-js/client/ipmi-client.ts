import type { DeviceId } from "../commands/app/get-device-id.ts";
import type { BootFlags, BootOptions } from "../commands/chassis/boot-flags.ts";
import type { ChassisAction } from "../commands/chassis/chassis-control.ts";
import type { IdentifyDuration } from "../commands/chassis/chassis-identify.ts";
import type { ChassisStatus } from "../commands/chassis/get-chassis-status.ts";
import type { PowerRestorePolicy } from "../commands/chassis/power-restore-policy.ts";
import type { Command } from "../commands/command.ts";
import type { CallOptions } from "./call.ts";
import type { SolConsole } from "./sol-console.ts";
import type { BmcTarget } from "./target.ts";

/** `performance.now()` times. */
export interface ControlOptions extends CallOptions {
  /**
   * The time of `performance.now()` from which on no copy of the command may leave, neither the first nor a
   * retransmission. Default: the deadline.
   */
  readonly sendBeforeMs?: number;
}

/**
 * What is known of a control: the BMC accepted it, or a copy left and no answer came. After `unknown` the machine has
 * to be read back.
 */
export interface ControlResult {
  readonly outcome: "accepted" | "unknown";
}

/**
 * A client for any number of BMCs. Commands to one BMC go one after the other over one session, which is opened when
 * needed, kept while used, and opened again when the BMC has forgotten it.
 *
 * Every call may be rejected with: `BmcUnreachableError` (nothing was heard for about 4 s), `BmcTimeoutError`,
 * `BmcConnectTimeoutError` (where it was told `connectMs`),
 * `BmcPasswordError`, `BmcUserError`, `BmcKgError`, `BmcPrivilegeError`, `CipherSuiteRefusedError`,
 * `BmcNoSessionSlotError`, `SessionRefusedError`, `BmcBusyError`, `CompletionCodeError`, `MalformedResponseError`,
 * `NotSentError`, `ClientClosedError`, or the reason of its signal. Wrong credentials are told at once and never
 * retried; a busy BMC and one without a free session slot are asked again, with jitter, up to the deadline.
 */
export interface IpmiClient extends AsyncDisposable {
  /** Opens the session, or makes sure that the BMC still has it, so that a following control can be sent at once. */
  connect(target: BmcTarget, options?: CallOptions): Promise<void>;
  getDeviceId(target: BmcTarget, options?: CallOptions): Promise<DeviceId>;
  chassisStatus(target: BmcTarget, options?: CallOptions): Promise<ChassisStatus>;
  /**
   * Sends one Chassis Control. `power-cycle`, `hard-reset` and `diagnostic-interrupt` leave once and are never sent
   * again while it is open whether they arrived; `power-on`, `power-off` and `soft-shutdown` are sent again while they
   * may leave. A rejection always means that the BMC did not carry it out: nothing left (`NotSentError` if the window
   * or deadline passed or the signal came first), or the BMC refused.
   */
  chassisControl(target: BmcTarget, action: ChassisAction, options?: ControlOptions): Promise<ControlResult>;
  /** Sets what the machine boots next, or from now on. */
  setBootDevice(target: BmcTarget, flags: BootFlags, options?: CallOptions): Promise<void>;
  getBootOptions(target: BmcTarget, options?: CallOptions): Promise<BootOptions>;
  /** Sets what the machine does when mains power returns. */
  setPowerRestorePolicy(target: BmcTarget, policy: PowerRestorePolicy, options?: CallOptions): Promise<void>;
  /** As Get Chassis Status tells it. */
  getPowerRestorePolicy(target: BmcTarget, options?: CallOptions): Promise<PowerRestorePolicy | "unknown">;
  /** Blinks the identify light, default 15 s. */
  identify(target: BmcTarget, duration?: IdentifyDuration, options?: CallOptions): Promise<void>;
  /**
   * Activates Serial over LAN, over a session of its own. `CompletionCodeError` with 80h: another session has the
   * console, and `takeOver` (default false) was not said. Closing the client closes it.
   */
  openConsole(target: BmcTarget, options?: CallOptions & { readonly takeOver?: boolean }): Promise<SolConsole>;
  /** Any other command, by its description. It is sent again until it is answered: it must be one that may be. */
  execute<Request, Response>(
    target: BmcTarget,
    command: Command<Request, Response>,
    options: CallOptions & { readonly request: Request },
  ): Promise<Response>;
  /** Closes the session with this BMC, if there is one, after what is under way. */
  disconnect(target: BmcTarget): Promise<void>;
  /** Packets received that nobody waited for: late, doubled, forged or garbled. */
  readonly strayPackets: number;
  /** Closes all sessions (each asked three times at most) and the sockets. Calls under way are rejected. */
  close(): Promise<void>;
}
