export { LabError } from "./errors.ts";
export { type Bridge, createBridge } from "./network/bridge.ts";
export { enterOwnNamespace } from "./network/own-namespace.ts";
export { type Peer, createPeer } from "./network/peer.ts";
