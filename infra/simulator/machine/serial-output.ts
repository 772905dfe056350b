/** Where a machine's firmware, kernels and systems say how they fare; gone if nobody listens. */
export interface SerialOutput {
  write(text: string): void;
}
