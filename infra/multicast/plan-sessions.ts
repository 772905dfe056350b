/** A node whose ramdisk asked how its image comes, and has not been told. */
export interface ReadyNode {
  readonly node: string;
  readonly image: string;
  readonly readyAtMs: number;
}

/** When a session is worth its start, about 2.5 s that HTTP does not have. */
export interface SessionRule {
  /** A session has this many receivers or more; default 3. */
  readonly minReceivers: number;
  /** How long the first node that is ready waits for others of its image; default 30,000. */
  readonly windowMs: number;
}

export const defaultSessionRule: SessionRule = { minReceivers: 3, windowMs: 30_000 };

/** What is known at the moment of a decision. Times are of one clock, in milliseconds. */
export interface LoadSituation {
  readonly nowMs: number;
  readonly ready: readonly ReadyNode[];
  /** For each image, how many more of its nodes are on their way into the ramdisk. */
  readonly expected: ReadonlyMap<string, number>;
  /** The images that a session is sending now: nodes that come meanwhile are late. */
  readonly sending: ReadonlySet<string>;
  /** How many sessions may still be started. */
  readonly freeSessions: number;
}

/** Every ready node is in exactly one place: a session, `http`, or `waiting` for others of its image. */
export interface SessionPlan {
  readonly sessions: readonly { readonly image: string; readonly nodes: readonly string[] }[];
  readonly http: readonly string[];
  readonly waiting: readonly string[];
  /** When to decide anew though nothing happens; missing when nobody waits. */
  readonly decideAgainAtMs?: number;
}

/**
 * Who gets the image by multicast and who by HTTP. A session is started when enough nodes of one image are ready and
 * nobody else is to be waited for. Nobody waits in vain: a node whose session cannot come about gets HTTP at once.
 */
export function planSessions(situation: LoadSituation, rule: SessionRule = defaultSessionRule): SessionPlan {
  const { nowMs, ready, expected, sending } = situation;
  const { minReceivers, windowMs } = rule;
  const plan = { sessions: [] as { image: string; nodes: string[] }[], http: [] as string[], waiting: [] as string[] };
  const windowEnds: number[] = [];
  for (const [image, group] of groupByImage(ready)) {
    const nodes = group.map(({ node }) => node);
    const toCome = expected.get(image) ?? 0;
    const windowEndsAtMs = Math.min(...group.map(({ readyAtMs }) => readyAtMs)) + windowMs;
    const isFull = nodes.length >= minReceivers;
    const hasSession = plan.sessions.length < situation.freeSessions;
    if (sending.has(image) || nodes.length + toCome < minReceivers || !hasSession) plan.http.push(...nodes);
    else if (toCome > 0 && nowMs < windowEndsAtMs) {
      plan.waiting.push(...nodes);
      windowEnds.push(windowEndsAtMs);
    } else if (isFull) plan.sessions.push({ image, nodes });
    else plan.http.push(...nodes);
  }
  return { ...plan, ...(windowEnds.length > 0 && { decideAgainAtMs: Math.min(...windowEnds) }) };
}

function groupByImage(ready: readonly ReadyNode[]): ReadonlyMap<string, readonly ReadyNode[]> {
  const groups = new Map<string, ReadyNode[]>();
  for (const node of ready) {
    const group = groups.get(node.image);
    if (group === undefined) groups.set(node.image, [node]);
    else group.push(node);
  }
  return groups;
}
