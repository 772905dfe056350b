/**
 * Cuts a stream into pieces of the given lengths, whatever parts it comes in. What comes after the last is given out as it
 * comes; what does not fill a piece when the stream ends is not given out at all. A piece holds only until the next one is
 * asked for: all of them are cut in the same memory.
 */
export async function* cutStream(
  stream: AsyncIterable<Buffer>,
  lengths: readonly number[],
): AsyncGenerator<Buffer, void, undefined> {
  const memory = Buffer.allocUnsafe(lengths.reduce((most, length) => Math.max(most, length), 0));
  let count = 0;
  let filled = 0;
  for await (const part of stream) {
    let taken = 0;
    for (let length = lengths[count]; length !== undefined && taken < part.length; length = lengths[count]) {
      const copied = part.copy(memory, filled, taken, taken + length - filled);
      taken += copied;
      filled += copied;
      if (filled < length) break;
      yield memory.subarray(0, length);
      count++;
      filled = 0;
    }
    if (taken < part.length) yield part.subarray(taken);
  }
}
