// ASF presence ping and pong, IPMI 2.0 table 13-6 and ASF 2.0 §3.2.4 (numbers big-endian):
//
//    0  RMCP header, class ASF
//    4  IANA enterprise number   000011BEh (ASF)
//    8  message type             80h ping, 40h pong
//    9  message tag
//   10  reserved                 00h
//   11  data length              00h ping, 10h pong
//   12  pong: IANA number (4), OEM-defined (4)
//   20  pong: supported entities, 81h = IPMI, ASF 1.0
//   21  pong: supported interactions, reserved (7)

import { readRmcpClass, writeRmcpHeader } from "./rmcp.ts";

const ASF_IANA = [0x00, 0x00, 0x11, 0xbe] as const;
const PING = 0x80;
const PONG = 0x40;
const IPMI_SUPPORTED = 0x81;

export function encodePresencePong(tag: number): Uint8Array {
  const packet = new Uint8Array(28);
  writeRmcpHeader(packet, "asf");
  packet.set(ASF_IANA, 4);
  packet[8] = PONG;
  packet[9] = tag;
  packet[11] = 16;
  packet.set(ASF_IANA, 12);
  packet[20] = IPMI_SUPPORTED;
  return packet;
}

export interface PresenceMessage {
  readonly kind: "ping" | "pong";
  readonly tag: number;
}

export function decodePresence(packet: Uint8Array): PresenceMessage | undefined {
  if (readRmcpClass(packet) !== "asf" || packet.length < 12) return undefined;
  if (ASF_IANA.some((byte, index) => packet[4 + index] !== byte)) return undefined;
  const tag = packet[9] ?? 0;
  if (packet[8] === PING) return { kind: "ping", tag };
  return packet[8] === PONG ? { kind: "pong", tag } : undefined;
}
