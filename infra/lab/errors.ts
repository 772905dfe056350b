/** Something that the lab stands on is missing or refuses; the message says what to do. */
export class LabError extends Error {
  readonly code = "lab-unavailable";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LabError";
  }
}
