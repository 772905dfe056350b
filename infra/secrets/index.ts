export { SealError, type SealErrorCode } from "./seal-error.ts";
export { createSealOpener, seal } from "./seal.ts";
export { type SealingKey, createSealingKey, publicKeyOf } from "./sealing-key.ts";
