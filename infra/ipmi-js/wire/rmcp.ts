// RMCP header, IPMI 2.0 table 13-5:
//
//   0  version            06h
//   1  reserved           00h
//   2  sequence number    FFh: no RMCP acknowledge is wanted (always so for IPMI)
//   3  class of message   bit 7: acknowledge; 6 = ASF, 7 = IPMI

/** The UDP port of RMCP, "ASF-RMCP" (IPMI 2.0 §13.1.2). */
export const RMCP_PORT = 623;

export const RMCP_HEADER_BYTES = 4;

export type RmcpClass = "asf" | "ipmi";

const CLASS_NUMBER = { asf: 6, ipmi: 7 } as const;

export function writeRmcpHeader(packet: Uint8Array, rmcpClass: RmcpClass): void {
  packet[0] = 6;
  packet[1] = 0;
  packet[2] = 0xff;
  packet[3] = CLASS_NUMBER[rmcpClass];
}

/** The class of a packet that begins with a sound RMCP header, `undefined` for everything else (acknowledges too). */
export function readRmcpClass(packet: Uint8Array): RmcpClass | undefined {
  if (packet.length <= RMCP_HEADER_BYTES || packet[0] !== 6) return undefined;
  if (packet[3] === CLASS_NUMBER.ipmi) return "ipmi";
  return packet[3] === CLASS_NUMBER.asf ? "asf" : undefined;
}
