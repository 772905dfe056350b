/** What a line of udp-sender's output tells. */
export type SenderLine =
  | { readonly kind: "joined" | "left"; readonly address: string }
  | { readonly kind: "dropped"; readonly index: number }
  | { readonly kind: "started" | "completed" }
  | { readonly kind: "other" };

const patterns = [
  [/^New connection from ([0-9.]+) +\(#\d+\)/, ([, address = ""]) => ({ kind: "joined", address })],
  [/^Disconnecting #\d+ \(([0-9.]+)\)/, ([, address = ""]) => ({ kind: "left", address })],
  [/^Dropping client #(\d+) /, ([, index]) => ({ kind: "dropped", index: Number(index) })],
  [/^Starting transfer/, () => ({ kind: "started" })],
  [/^Transfer complete/, () => ({ kind: "completed" })],
] as const satisfies readonly (readonly [RegExp, (match: RegExpExecArray) => SenderLine])[];

/** Reads one line as udpcast 20120424 writes it; it has no other way to say how a session goes. */
export function parseSenderLine(line: string): SenderLine {
  for (const [pattern, read] of patterns) {
    const match = pattern.exec(line);
    if (match !== null) return read(match);
  }
  return { kind: "other" };
}
