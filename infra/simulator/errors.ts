/** The fleet cannot be as it was asked for: a name twice, a fault that does not exist, more nodes than addresses. */
export class FleetOptionsError extends Error {
  readonly code = "fleet-options-invalid";

  constructor(detail: string) {
    super(`the fleet cannot be simulated: ${detail}`);
    this.name = "FleetOptionsError";
  }
}

/** This machine does not have the loopback address that a node would live on. */
export class AddressUnavailableError extends Error {
  readonly code = "address-unavailable";
  readonly address: string;

  constructor(address: string, cause: unknown) {
    super(`${address} is not an address of this machine: use Linux, or add it (macOS: ifconfig lo0 alias ${address})`, {
      cause,
    });
    this.name = "AddressUnavailableError";
    this.address = address;
  }
}

/** The fleet has no node of that name. */
export class SimulatedNodeUnknownError extends Error {
  readonly code = "simulated-node-unknown";
  readonly node: string;

  constructor(node: string) {
    super(`the fleet has no node ${node}: see its nodes`);
    this.name = "SimulatedNodeUnknownError";
    this.node = node;
  }
}

/** A process that held a share of the fleet is gone, and its nodes with it: start a new fleet. */
export class FleetProcessError extends Error {
  readonly code = "fleet-process-failed";

  constructor(detail: string) {
    super(`a process of the simulated fleet failed: ${detail}; start the fleet anew`);
    this.name = "FleetProcessError";
  }
}
