/**
 * A Merkle–Damgård hash with 64-byte blocks, by its compression function. HMAC keeps the state after the key's block,
 * which node:crypto can't hand out: for messages of one or two blocks, as all of IPMI's are, this is 2.5 times as fast
 * as `createHmac`.
 */
export interface Hash {
  readonly digestBytes: number;
  readonly initialState: readonly number[];
  /** Takes the 64 bytes of `block` from `at` into `state`. */
  readonly compress: (state: Int32Array, block: Uint8Array, at: number) => void;
}

export const BLOCK_BYTES = 64;
