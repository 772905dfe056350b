/** A packet damaged as networks and enemies do it: bits flipped, cut short, grown, or other bytes altogether. */
export function mutate(packet: Uint8Array, random: () => number): Uint8Array {
  const bytes = packet.slice();
  switch (Math.floor(random() * 5)) {
    case 0:
      return bytes.subarray(0, Math.floor(random() * bytes.length));
    case 1: {
      const longer = new Uint8Array(bytes.length + Math.floor(random() * 40));
      longer.set(bytes);
      return longer;
    }
    case 2:
      return randomBytes(Math.floor(random() * 120), random);
    case 3: {
      // Past the headers that would have it dropped at once.
      const from = Math.min(16, bytes.length);
      bytes.set(randomBytes(bytes.length - from, random), from);
      return bytes;
    }
    default: {
      const flips = 1 + Math.floor(random() * 4);
      for (let n = 0; n < flips; n++) {
        const at = Math.floor(random() * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      }
      return bytes;
    }
  }
}

export function randomBytes(count: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}
