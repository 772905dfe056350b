import { setTimeout as sleep } from "node:timers/promises";
import type { Transport } from "../../../contracts/index.ts";
import type { TransportChoice } from "../../../infra/db/index.ts";
import {
  type MulticastSession,
  type ReadyNode,
  type SessionEnd,
  type SessionPlan,
  type SessionRule,
  planSessions,
} from "../../../infra/multicast/index.ts";
import type { Log } from "../../runtime/log.ts";
import type { LoadStage } from "./load-stage.ts";

/**
 * By what each image of the nodes comes that this replica loads: by a session for those that are ready for it together, by HTTP
 * for the others. A node is chosen for one image at a time, and is on its way to the next meanwhile: those who shared a
 * session share the next one, too, and with whoever else is ready then. No node waits for longer than the rule says, and none
 * fails by a session: what it does not get that way it fetches. A session ends with its replica, kill -9 included; what was
 * not chosen yet, the replica chooses that takes the node over.
 */
export interface LoadSessions {
  /** How far a node's load is; undefined: nothing is to be chosen for it any more. May be told again. */
  tell(node: string, stage: LoadStage | undefined): void;
  /** A node's load has come to this image. May be told again. */
  reached(node: string, at: { readonly loadId: string; readonly image: string }): void;
  /** Stops every session; what its nodes lack they fetch by HTTP. */
  close(): Promise<void>;
}

export interface LoadSessionsOptions {
  readonly rule: SessionRule;
  /** So many sessions are sent at a time. */
  readonly maxSessions: number;
  readonly start: (image: string, options: { readonly receivers: number }) => MulticastSession;
  /**
   * Writes the choices into the nodes' plans, tells the boot agent, and gives the nodes for which nobody had chosen before.
   * Rejects while the database is away.
   */
  readonly choose: (choices: readonly TransportChoice[]) => Promise<ReadonlySet<string>>;
  readonly log: Log;
  /** Milliseconds, of any clock that only goes forward. */
  readonly now?: () => number;
}

interface Load extends Omit<LoadStage, "isReady"> {
  /** Of how many of its images, from the first, it was chosen how they come, and for how many the node has been ready. */
  chosen: number;
  ready: number;
  readyAtMs: number;
}

/** Choices that could not be written are made anew after this, milliseconds. */
const retryMs = 1_000;

export function createLoadSessions(options: LoadSessionsOptions): LoadSessions {
  const { rule, maxSessions, start, choose, log, now = () => performance.now() } = options;
  const loads = new Map<string, Load>();
  const sending = new Map<string, MulticastSession>();
  let isDue = false;
  const closing = new AbortController();
  let deciding: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** One decision at a time, and one more if something has happened meanwhile. */
  function decideSoon(): void {
    isDue = true;
    deciding ??= decideWhileDue().finally(() => (deciding = undefined));
  }

  async function decideWhileDue(): Promise<void> {
    while (isDue && !closing.signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      isDue = false;
      clearTimeout(timer);
      try {
        const againInMs = await decide();
        if (againInMs !== undefined) timer = setTimeout(decideSoon, againInMs);
      } catch (err) {
        log.warn({ err }, "how images come could not be written; trying on");
        await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
        isDue = true;
      }
    }
  }

  /** Milliseconds until it is to be decided anew though nothing happens. */
  async function decide(): Promise<number | undefined> {
    const ready: ReadyNode[] = [];
    const coming: string[] = [];
    for (const [node, load] of loads) {
      const image = load.images[load.chosen];
      if (image === undefined) continue;
      if (load.ready > load.chosen) ready.push({ node, image, readyAtMs: load.readyAtMs });
      else coming.push(image);
    }
    const nowMs = now();
    const plan = planSessions(
      {
        nowMs,
        ready,
        expected: countByImage(coming),
        sending: new Set(sending.keys()),
        freeSessions: maxSessions - sending.size,
      },
      rule,
    );
    await carryOut(plan);
    return plan.decideAgainAtMs === undefined ? undefined : Math.max(0, plan.decideAgainAtMs - nowMs);
  }

  function beReady(node: string, loadId: string, image: string | undefined): void {
    const load = loads.get(node);
    if (load?.loadId !== loadId || image === undefined) return;
    const at = load.images.indexOf(image);
    if (at < load.ready) return;
    // Of the images before it another replica chose, if this one did not.
    Object.assign(load, { ready: at + 1, readyAtMs: now(), chosen: Math.max(load.chosen, at) });
    decideSoon();
  }

  async function carryOut({ sessions, http }: SessionPlan): Promise<void> {
    if (sessions.length + http.length === 0) return;
    const begun = sessions.map(({ image, nodes }) => ({ image, nodes, session: begin(image, nodes.length) }));
    const chosen = [
      ...choicesFor(http, { kind: "http" }),
      ...begun.flatMap(({ nodes, session }) => choicesFor(nodes, session.channel)),
    ];
    let told: ReadonlySet<string> = new Set();
    try {
      told = await choose(chosen.map(({ choice }) => choice));
      for (const { load, choice } of chosen) load.chosen = Math.max(load.chosen, load.images.indexOf(choice.image) + 1);
    } finally {
      for (const { image, nodes, session } of begun) {
        const receivers = nodes.filter((node) => told.has(node)).length;
        // The replica that drove these nodes before may have told them all of a session of its own.
        if (receivers === 0) await session.stop();
        else log.info({ image, receivers }, "an image is sent by multicast");
      }
    }
  }

  function choicesFor(nodes: readonly string[], transport: Transport) {
    return nodes.flatMap((node) => {
      const load = loads.get(node);
      const image = load?.images[load.chosen];
      return load && image !== undefined ? [{ load, choice: { node, loadId: load.loadId, image, transport } }] : [];
    });
  }

  function begin(image: string, receivers: number): MulticastSession {
    const session = start(image, { receivers });
    sending.set(image, session);
    void session.ended.then((end) => {
      sending.delete(image);
      note(image, end);
      decideSoon();
    });
    return session;
  }

  function note(image: string, end: SessionEnd): void {
    const told = { image, outcome: end.outcome, joined: end.joined.length, dropped: end.dropped };
    if (end.outcome === "failed") log.error({ ...told, detail: end.detail }, "a multicast session failed");
    else log.info(told, "a multicast session has ended");
  }

  return {
    tell(node, stage) {
      if (stage === undefined) {
        if (loads.delete(node)) decideSoon();
        return;
      }
      const { loadId, images, isReady } = stage;
      if (loads.get(node)?.loadId !== loadId) {
        loads.set(node, { loadId, images, chosen: 0, ready: 0, readyAtMs: 0 });
        decideSoon();
      }
      if (isReady) beReady(node, loadId, images[0]);
    },
    reached: (node, { loadId, image }) => beReady(node, loadId, image),
    async close() {
      closing.abort();
      await deciding;
      clearTimeout(timer);
      await Promise.all([...sending.values()].map((session) => session.stop()));
    },
  };
}

function countByImage(images: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const image of images) counts.set(image, (counts.get(image) ?? 0) + 1);
  return counts;
}
