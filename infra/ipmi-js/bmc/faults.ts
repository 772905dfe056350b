/** What goes wrong with a BMC. All rates are between 0 and 1, each packet on its own. */
export interface BmcFaults {
  /** Hears nothing. */
  readonly dead?: boolean;
  /** Every reply leaves this much later, in milliseconds. */
  readonly replyDelayMs?: number;
  /** Lost packets, each way. */
  readonly lossRate?: number;
  /** Answers commands of a session with C0h, node busy, for this long after the first packet that arrives. */
  readonly busyForMs?: number;
  /** Says that all session slots are taken. */
  readonly noSlots?: boolean;
  /** Sends every reply twice. */
  readonly duplicate?: boolean;
  /** Replies that leave `lateMs` (900) later. */
  readonly lateRate?: number;
  readonly lateMs?: number;
  /** Uniform in [0, 1), default `Math.random`; pass a seeded one to see the same twice. */
  readonly random?: () => number;
}

/** The ways a packet goes under `faults`: when to deliver each copy of it, in milliseconds from now; none if lost. */
export function planDelivery(faults: BmcFaults, direction: "request" | "reply"): readonly number[] {
  const random = faults.random ?? Math.random;
  if (faults.dead === true || isHit(faults.lossRate, random)) return [];
  if (direction === "request") return [0];
  const late = isHit(faults.lateRate, random) ? (faults.lateMs ?? 900) : 0;
  const delay = (faults.replyDelayMs ?? 0) + late;
  return faults.duplicate === true ? [delay, delay] : [delay];
}

function isHit(rate: number | undefined, random: () => number): boolean {
  return rate !== undefined && rate > 0 && random() < rate;
}
