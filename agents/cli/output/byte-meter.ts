import { formatBytes } from "./format-bytes.ts";

/** Over how long a rate is taken, milliseconds: long enough to be steady, short enough to follow. */
const windowMs = 10_000;

/** How far bytes are, how fast they come, and how long the rest will take. */
export interface ByteMeter {
  /** Takes down how many there are by now. */
  note(bytesDone: number): void;
  /** `412.0 MiB of 2.0 GiB, 88.1 MiB/s, 19s left`; the last two once they are known. */
  words(bytesTotal?: number): string;
}

export function createByteMeter(now: () => number = () => performance.now()): ByteMeter {
  const samples: { readonly atMs: number; readonly bytes: number }[] = [];
  return {
    note(bytes) {
      const atMs = now();
      samples.push({ atMs, bytes });
      while (samples.length > 2 && atMs - (samples[1]?.atMs ?? atMs) > windowMs) samples.shift();
    },
    words(bytesTotal) {
      const [first, last] = [samples[0], samples.at(-1)];
      const done = last?.bytes ?? 0;
      const far = bytesTotal === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(bytesTotal)}`;
      const sinceS = first && last ? (now() - first.atMs) / 1_000 : 0;
      const bytesPerS = first && sinceS > 0 ? (done - first.bytes) / sinceS : 0;
      if (bytesPerS <= 0) return far;
      const rate = `${formatBytes(Math.round(bytesPerS))}/s`;
      const left = bytesTotal === undefined ? undefined : Math.max(0, bytesTotal - done) / bytesPerS;
      return left === undefined ? `${far}, ${rate}` : `${far}, ${rate}, ${formatSeconds(left)} left`;
    },
  };
}

/** `19s`, `3m05s`, `2h10m`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3_600)}h${two(Math.floor((whole % 3_600) / 60))}m`;
}
