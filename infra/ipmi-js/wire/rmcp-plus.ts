// RMCP+ session header and trailer, IPMI 2.0 table 13-8 ("IPMI v2.0 RMCP+ session header"):
//
//     0  RMCP header, class IPMI
//     4  authentication type / format   06h RMCP+
//     5  payload type                   bit 7 encrypted, bit 6 authenticated, bits 0–5 type (table 13-16)
//     6  session ID of the receiver     4 bytes, 0 outside a session
//    10  session sequence number        4 bytes, 0 outside a session
//    14  payload length                 2 bytes
//    16  payload
//        only inside an authenticated session:
//        integrity pad                  FFh, until bytes 4 … next header are a multiple of 4
//        pad length
//        next header                    07h
//        authentication code            12 bytes (HMAC-SHA1-96) or 16 (HMAC-SHA256-128), over 4 … next header

import { readUint16, readUint32, writeUint16, writeUint32 } from "./little-endian.ts";
import { readRmcpClass, writeRmcpHeader } from "./rmcp.ts";

/** Payload types, IPMI 2.0 table 13-16. */
export const PAYLOAD = {
  ipmi: 0x00,
  sol: 0x01,
  openSessionRequest: 0x10,
  openSessionResponse: 0x11,
  rakp1: 0x12,
  rakp2: 0x13,
  rakp3: 0x14,
  rakp4: 0x15,
} as const;

export const RMCP_PLUS_HEADER_BYTES = 16;
/** Where the bytes begin that the authentication code covers. */
export const AUTHENTICATED_FROM = 4;

const RMCP_PLUS_FORMAT = 0x06;
const ENCRYPTED = 0x80;
const AUTHENTICATED = 0x40;
const OEM_EXPLICIT = 0x02;

export interface RmcpPlusHeader {
  readonly payloadType: number;
  readonly isEncrypted: boolean;
  readonly isAuthenticated: boolean;
  /** The receiver's own session ID; 0 outside a session. */
  readonly sessionId: number;
  readonly sequence: number;
  readonly payloadBytes: number;
}

/** Whether `packet` is IPMI in the RMCP+ format, by its first bytes alone. */
export function isRmcpPlus(packet: Uint8Array): boolean {
  return readRmcpClass(packet) === "ipmi" && packet[4] === RMCP_PLUS_FORMAT;
}

/** `undefined` unless the header is whole, of a payload type without an OEM header, and its payload is all there. */
export function decodeRmcpPlusHeader(packet: Uint8Array): RmcpPlusHeader | undefined {
  if (!isRmcpPlus(packet) || packet.length < RMCP_PLUS_HEADER_BYTES) return undefined;
  const typeByte = packet[5] ?? 0;
  const payloadType = typeByte & 0x3f;
  const payloadBytes = readUint16(packet, 14);
  if (payloadType === OEM_EXPLICIT || RMCP_PLUS_HEADER_BYTES + payloadBytes > packet.length) return undefined;
  return {
    payloadType,
    isEncrypted: (typeByte & ENCRYPTED) !== 0,
    isAuthenticated: (typeByte & AUTHENTICATED) !== 0,
    sessionId: readUint32(packet, 6),
    sequence: readUint32(packet, 10),
    payloadBytes,
  };
}

export function writeRmcpPlusHeader(packet: Uint8Array, header: RmcpPlusHeader): void {
  writeRmcpHeader(packet, "ipmi");
  packet[4] = RMCP_PLUS_FORMAT;
  packet[5] = header.payloadType | (header.isEncrypted ? ENCRYPTED : 0) | (header.isAuthenticated ? AUTHENTICATED : 0);
  writeUint32(packet, 6, header.sessionId);
  writeUint32(packet, 10, header.sequence);
  writeUint16(packet, 14, header.payloadBytes);
}

/** A packet outside any session: session set-up, or an IPMI message in the clear. */
export function encodeUnprotectedPacket(payloadType: number, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(RMCP_PLUS_HEADER_BYTES + payload.length);
  writeRmcpPlusHeader(packet, {
    payloadType,
    isEncrypted: false,
    isAuthenticated: false,
    sessionId: 0,
    sequence: 0,
    payloadBytes: payload.length,
  });
  packet.set(payload, RMCP_PLUS_HEADER_BYTES);
  return packet;
}

/** The payload of a packet whose header has been decoded. */
export function payloadOf(packet: Uint8Array, header: RmcpPlusHeader): Uint8Array {
  return packet.subarray(RMCP_PLUS_HEADER_BYTES, RMCP_PLUS_HEADER_BYTES + header.payloadBytes);
}
