import type { ChassisControl } from "./journal.ts";

/** What the machine does about a chassis control. */
export type PowerResponse =
  /** The BMC answers "not in present state" (D5h). */
  | "refuse"
  /** Nothing changes. */
  | "nothing"
  /** Power comes on, a boot begins. */
  | "start"
  /** Power goes, and with it whatever ran. */
  | "cut"
  /** Power goes and comes back after a pause. */
  | "cut-and-start"
  /** Power stays, whatever ran begins again. */
  | "restart"
  /** The kernel takes the interrupt for an unrecoverable error, and restarts the machine. */
  | "panic"
  /** The operating system shuts down, then the power goes. */
  | "shut-down";

/** How a machine is at the moment that a control reaches it. */
export interface PowerSituation {
  readonly isOn: boolean;
  /** An operating system runs, and listens to the power button and to the diagnostic interrupt. */
  readonly hasListeningKernel: boolean;
}

/** IPMI 2.0 table 28-4, seen from the machine: what each control does to it. */ /** IPMI 2.0 table 28-4, seen from the machine: what each control does to it. */
export function powerResponse(control: ChassisControl, situation: PowerSituation): PowerResponse {
  const { isOn, hasListeningKernel } = situation;
  switch (control) {
    case "on":
      return isOn ? "nothing" : "start";
    case "off":
      return isOn ? "cut" : "nothing";
    case "cycle":
      return isOn ? "cut-and-start" : "refuse";
    case "reset":
      return isOn ? "restart" : "refuse";
    case "diag":
      if (!isOn) return "refuse";
      return hasListeningKernel ? "panic" : "nothing";
    case "soft":
      return hasListeningKernel ? "shut-down" : "nothing";
  }
}
