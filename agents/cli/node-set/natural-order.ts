/** Orders names as people do: `pc2` before `pc10`, and `pc2` before `pc02`, which differ only in zeros. */
export function compareNaturally(left: string, right: string): number {
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    if (isDigit(left, l) && isDigit(right, r)) {
      const leftEnd = endOfDigits(left, l);
      const rightEnd = endOfDigits(right, r);
      const leftStart = skipZeros(left, l, leftEnd);
      const rightStart = skipZeros(right, r, rightEnd);
      const difference = leftEnd - leftStart - (rightEnd - rightStart);
      if (difference !== 0) return difference;
      for (let offset = 0; leftStart + offset < leftEnd; offset++) {
        const digits = left.charCodeAt(leftStart + offset) - right.charCodeAt(rightStart + offset);
        if (digits !== 0) return digits;
      }
      l = leftEnd;
      r = rightEnd;
      continue;
    }
    const difference = left.charCodeAt(l) - right.charCodeAt(r);
    if (difference !== 0) return difference;
    l++;
    r++;
  }
  return left.length - l - (right.length - r) || left.length - right.length;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function endOfDigits(text: string, at: number): number {
  while (at < text.length && isDigit(text, at)) at++;
  return at;
}

/** Past the leading zeros of the digits from `at` to `end`. */
function skipZeros(text: string, at: number, end: number): number {
  while (at < end && text[at] === "0") at++;
  return at;
}
