import { RefusedError } from "../conclusion/ending.ts";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `--since`: so long ago (`30m`, `2h`, `7d`), or an instant as ISO 8601 writes it, local time unless it says. Throws RefusedError. */
export function parseSince(written: string, nowMs: number): string {
  const [, count, unit] = /^(\d{1,6})([smhd])$/u.exec(written) ?? [];
  const atMs = count === undefined ? Date.parse(written) : nowMs - Number(count) * unitMs[unit as keyof typeof unitMs];
  if (!Number.isNaN(atMs)) return new Date(atMs).toISOString();
  throw new RefusedError("malformed-arguments", "--since takes 30m, 2h, 7d or a time such as 2030-01-02T03:04");
}
