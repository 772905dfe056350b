import { setTimeout as sleep } from "node:timers/promises";
import DataLoader from "dataloader";
import {
  type BmcFacts,
  type BmcKey,
  type Sql,
  claimRetry,
  endOutage,
  forgetRefusal,
  isUnreachable,
  openOutage,
  readBmcFacts,
  refuseCredential,
} from "../../../infra/db/index.ts";
import {
  type BmcAccess,
  type BmcLeave,
  type ExchangeEnd,
  type PowerOptions,
  bmcNameOf,
} from "../../../infra/power/index.ts";
import type { Log } from "../../runtime/log.ts";
import {
  type AccessDecision,
  type AccessQuestion,
  decideAccess,
  lessonOf,
  unreachableFailure,
} from "./decide-access.ts";
import { createTrials } from "./trials.ts";

/** How long a BMC is left alone at which nothing answered, unless its node's type says otherwise, milliseconds. */
const defaultHoldMs = 30_000;
/** The database is asked again so often while it is away, milliseconds. */
const databasePauseMs = 250;

export interface BmcAccessOptions {
  readonly sql: Sql;
  /** Opens what is sealed for a node's BMC. */
  readonly open: (sealedPassword: string, node: string) => string;
  readonly log: Log;
  /** A BMC that was healthy is now left alone. */
  readonly onOutage: () => void;
}

/**
 * The circuit-breaker and the lock-out protection of BMCs, shared by all replicas over the database.
 *
 * A BMC at which nothing answered is left alone for a while: whoever asks is told at once. Then one caller of all tries
 * it again. A credential that a BMC refused is not tried again before it was changed, or somebody insists. Of a BMC that
 * is well nothing is written, and what is read comes with its password.
 */
export function createBmcAccess({ sql, open, log, onOutage }: BmcAccessOptions): BmcAccess {
  const trials = createTrials();
  const facts = new DataLoader<BmcKey, BmcFacts>((keys) => readBmcFacts(sql, keys), {
    cache: false,
    maxBatchSize: 1_000,
    batchScheduleFn: (load) => void setImmediate(load),
  });

  /** Reads on while the database is away, until the call's time is up: a node run need not break off for that. */
  async function factsOf(key: BmcKey, { deadlineMs, signal }: PowerOptions): Promise<BmcFacts> {
    for (;;) {
      try {
        return await facts.load(key);
      } catch (error) {
        if (!isUnreachable(error) || performance.now() + databasePauseMs >= deadlineMs) throw error;
        await sleep(databasePauseMs, undefined, { signal });
      }
    }
  }

  /** Writes down what an exchange has taught, where that is news. */
  async function learn(asked: Asked, end: ExchangeEnd): Promise<void> {
    const { node, bmc, digest, holdMs } = asked;
    const lesson = lessonOf(end);
    try {
      if (lesson.isReachable === false) {
        const isNew = await openOutage(sql, bmc, holdMs);
        asked.hasOutage = true;
        if (isNew) log.warn({ node, bmc, holdMs }, "nothing answers at a BMC; it is left alone for a while");
        if (isNew) onOutage();
      }
      if (lesson.isReachable === true && asked.hasOutage) {
        await endOutage(sql, bmc);
        asked.hasOutage = false;
      }
      if (lesson.isCredentialTaken === false) {
        await refuseCredential(sql, node, digest, end);
        asked.hasRefusal = true;
        log.warn({ node, bmc, reason: end }, "a BMC refused its credential; it is not tried again until it is changed");
      }
      if (lesson.isCredentialTaken === true && asked.hasRefusal) {
        await forgetRefusal(sql, node);
        asked.hasRefusal = false;
      }
    } catch (err) {
      log.warn({ err, node, bmc, end }, "what a BMC has taught cannot be written down");
    } finally {
      trials.end(node, digest, lesson);
    }
  }

  /** A leave, or the failure where another caller is already trying the BMC again. The trial that was begun ends with either. */
  async function leaveFor(question: AccessQuestion, decision: Asking, known: BmcFacts, holdMs: number) {
    const { node, power } = question;
    const { digest, sealedPassword } = decision;
    const bmc = bmcNameOf(power);
    let leave: BmcLeave | undefined;
    try {
      if (decision.kind === "ask-if-first" && known.outage && !(await claimRetry(sql, bmc, holdMs))) {
        return unreachableFailure(question, known.outage);
      }
      const asked = { node, bmc, digest, holdMs, hasOutage: known.outage !== null, hasRefusal: known.refusal !== null };
      leave = { ok: true, password: open(sealedPassword, node), ended: (end) => learn(asked, end) };
      return leave;
    } finally {
      if (!leave) trials.end(node, digest, {});
    }
  }

  return async ({ node, power }, options) => {
    const { insistence = "none", holdMs = defaultHoldMs, signal } = options;
    const question: AccessQuestion = { node, power, insistence };
    let wasJustTried = false;
    for (;;) {
      const known = await factsOf({ node, bmc: bmcNameOf(power) }, options);
      const decision = decideAccess(question, known);
      if (decision.kind === "no") return decision.failure;
      // Somebody has just been silent for us too.
      if (wasJustTried && known.outage) return unreachableFailure(question, known.outage);
      const trial = await trials.begin(node, decision.digest, signal);
      if (trial === "begun") return leaveFor(question, decision, known, holdMs);
      wasJustTried = trial.isReachable === false;
    }
  };
}

/** What a leave was given for; `has…` is what the ledger says until it is learnt otherwise. */
interface Asked {
  readonly node: string;
  readonly bmc: string;
  readonly digest: string;
  readonly holdMs: number;
  hasOutage: boolean;
  hasRefusal: boolean;
}

type Asking = Exclude<AccessDecision, { kind: "no" }>;
