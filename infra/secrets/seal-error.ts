/**
 * `key-malformed`: the key is not one of `createSealingKey`. `sealed-malformed`: the text is not of a format known here.
 * `sealed-for-another`: it is sealed to another key or bound to another context, or it was altered; which, cannot be told.
 */
export type SealErrorCode = "key-malformed" | "sealed-malformed" | "sealed-for-another";

/** Something could not be sealed or opened; the message never holds a secret. */
export class SealError extends Error {
  readonly code: SealErrorCode;

  constructor(code: SealErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SealError";
    this.code = code;
  }
}
