export { type Kernel, fetchKernel } from "./build/kernel.ts";
export { LabError } from "./errors.ts";
export { type Lab, type LabNode, createLab } from "./lab.ts";
export { type Bridge, createBridge } from "./network/bridge.ts";
export { checkOwnNamespace } from "./network/own-namespace.ts";
export { type Peer, createPeer } from "./network/peer.ts";
export { runTool } from "./run-tool.ts";
export { makeOsDisk } from "./os/make-os-disk.ts";
export { buildProgram, buildRamdisk } from "./ramdisk/build-ramdisk.ts";
