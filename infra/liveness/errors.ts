/** The probe could not be made: this says nothing about the node. `cause` is what the system said, if anything. */
export class ProbeFailedError extends Error {
  readonly code = "probe-failed";
  readonly address: string;

  constructor(address: string, what: string, options?: ErrorOptions) {
    super(`${address}: the liveness probe could not be made: ${what}`, options);
    this.name = "ProbeFailedError";
    this.address = address;
  }
}
