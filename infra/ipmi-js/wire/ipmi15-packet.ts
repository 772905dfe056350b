// IPMI 1.5 session header without a session, IPMI 2.0 table 13-9. What is asked before a session exists
// (Get Channel Authentication Capabilities) travels in it, also to a BMC that speaks 2.0:
//
//    0  RMCP header, class IPMI
//    4  authentication type      00h none
//    5  session sequence number  0 (4 bytes)
//    9  session ID               0 (4 bytes)
//   13  message length
//   14  IPMI message

import { readRmcpClass, writeRmcpHeader } from "./rmcp.ts";

const HEADER_BYTES = 14;

export function encodeIpmi15Packet(message: Uint8Array): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + message.length);
  writeRmcpHeader(packet, "ipmi");
  packet[13] = message.length;
  packet.set(message, HEADER_BYTES);
  return packet;
}

/** The IPMI message of a session-less, unauthenticated IPMI 1.5 packet; `undefined` for any other. */
export function decodeIpmi15Packet(packet: Uint8Array): Uint8Array | undefined {
  if (readRmcpClass(packet) !== "ipmi" || packet[4] !== 0 || packet.length < HEADER_BYTES) return undefined;
  const end = HEADER_BYTES + (packet[13] ?? 0);
  return end <= packet.length ? packet.subarray(HEADER_BYTES, end) : undefined;
}
