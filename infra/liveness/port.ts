/** How a node is asked whether it is up: one ICMP echo, or a TCP connection to that port. */
export type LivenessProbe = "icmp" | `tcp:${number}`;

export interface LivenessTarget {
  /** A host name or an address. */
  readonly address: string;
  readonly probe: LivenessProbe;
}

export interface ProbeOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface AnswerOptions {
  /** How often it is asked at most; 8 unless given. */
  readonly tries?: number;
  /** All the tries together, spread evenly; 2000 unless given. */
  readonly withinMs?: number;
  readonly signal: AbortSignal;
}

export interface SilenceOptions {
  /** How often it is asked at most. */
  readonly polls: number;
  /** From the start of one poll to the start of the next, and as long as a poll waits; 1000 unless given. */
  readonly intervalMs?: number;
  /** Misses running that make a silence; 3 unless given. */
  readonly missesNeeded?: number;
  readonly signal: AbortSignal;
  /** Settles when there is other proof that the node went down; then there is no point in asking on. */
  readonly alsoEndsWhen?: Promise<unknown>;
}

/** `missed`: misses running at the end. `still-answering`: the polls are over. `ended-early`: by `alsoEndsWhen`. */
export type SilenceVerdict =
  | { readonly silent: true; readonly missed: number }
  | { readonly silent: false; readonly because: "still-answering" | "ended-early" };

/**
 * Whether nodes are up. Every method may be repeated, changes nothing about the node, and throws
 * the signal's reason once it is aborted. A probe that could not be made throws `ProbeFailedError`: it
 * says nothing about the node, and must not be taken for silence.
 */
export interface Liveness {
  /** Asks once. */
  probe(target: LivenessTarget, options: ProbeOptions): Promise<boolean>;
  /** Asks until the first answer. */
  isAnswering(target: LivenessTarget, options: AnswerOptions): Promise<boolean>;
  /** Asks until enough polls running were missed. */
  awaitSilence(target: LivenessTarget, options: SilenceOptions): Promise<SilenceVerdict>;
}
