// Serial over LAN payload, payload type 01h, IPMI 2.0 table 15-2:
//
//   0  packet sequence number       bits 0–3: 1–15; 0 = carries no data that wants an acknowledge
//   1  acknowledged sequence number bits 0–3: 1–15; 0 = acknowledges nothing
//   2  accepted character count     of the packet acknowledged
//   3  console to BMC: operation    bit 6: NACK; bit 4: break; bit 1: flush inbound; bit 0: flush outbound
//      BMC to console: status       bit 6: NACK; bit 5: transfer unavailable; bit 4: SOL deactivated; bit 3: overrun
//   4  characters

const HEADER_BYTES = 4;
const NACK = 0x40;
const DEACTIVATED = 0x10;

export interface SolPacket {
  /** 1–15, or 0 for an acknowledge alone. */
  readonly sequence: number;
  readonly acknowledged: number;
  readonly acceptedCount: number;
  readonly isNack: boolean;
  /** From a BMC: SOL ends. From a console the same bit asks for a break, which is not used here. */
  readonly isDeactivated: boolean;
  readonly data: Uint8Array;
}

export function encodeSolPacket(packet: Partial<SolPacket>): Uint8Array {
  const { data } = packet;
  const bytes = new Uint8Array(HEADER_BYTES + (data?.length ?? 0));
  bytes[0] = packet.sequence ?? 0;
  bytes[1] = packet.acknowledged ?? 0;
  bytes[2] = packet.acceptedCount ?? 0;
  bytes[3] = (packet.isNack === true ? NACK : 0) | (packet.isDeactivated === true ? DEACTIVATED : 0);
  if (data !== undefined) bytes.set(data, HEADER_BYTES);
  return bytes;
}

export function decodeSolPacket(bytes: Uint8Array): SolPacket | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const status = bytes[3] ?? 0;
  return {
    sequence: (bytes[0] ?? 0) & 0x0f,
    acknowledged: (bytes[1] ?? 0) & 0x0f,
    acceptedCount: bytes[2] ?? 0,
    isNack: (status & NACK) !== 0,
    isDeactivated: (status & DEACTIVATED) !== 0,
    data: bytes.subarray(HEADER_BYTES),
  };
}

/** Sequence numbers go round from 1 to 15. */
export function nextSolSequence(sequence: number): number {
  return (sequence % 15) + 1;
}
