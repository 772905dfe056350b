export { SealError, type SealErrorCode } from "./seal-error.ts";
export { openSealed, seal } from "./seal.ts";
export { type SealingKey, createSealingKey } from "./sealing-key.ts";
