/**
 * Cuts a stream into pieces of the given lengths, whatever parts it comes in. What comes after the last is given out as it
 * comes; what does not fill a piece when the stream ends is not given out at all.
 */
export async function* cutStream(
  stream: AsyncIterable<Buffer>,
  lengths: readonly number[],
): AsyncGenerator<Buffer, void, undefined> {
  let count = 0;
  let piece = emptyPiece(lengths[0]);
  let filled = 0;
  for await (const part of stream) {
    let taken = 0;
    while (piece !== undefined && taken < part.length) {
      const copied = part.copy(piece, filled, taken);
      taken += copied;
      filled += copied;
      if (filled < piece.length) break;
      yield piece;
      piece = emptyPiece(lengths[++count]);
      filled = 0;
    }
    if (taken < part.length) yield part.subarray(taken);
  }
}

function emptyPiece(length: number | undefined): Buffer | undefined {
  return length === undefined ? undefined : Buffer.allocUnsafe(length);
}
