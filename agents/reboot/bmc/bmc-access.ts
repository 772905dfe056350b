import { setTimeout as sleep } from "node:timers/promises";
import DataLoader from "dataloader";
import {
  type BmcFacts,
  type BmcQuestion,
  type Sql,
  type TakenBmc,
  claimRetry,
  endOutage,
  forgetRefusal,
  isUnreachable,
  openOutage,
  refuseCredential,
  takeBmcs,
} from "../../../infra/db/index.ts";
import {
  type BmcAccess,
  type BmcLeave,
  type ExchangeEnd,
  type IpmiPower,
  type PowerFailure,
  type PowerOptions,
  type PowerTarget,
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
import type { BmcHold } from "./bmc-hold.ts";
import { createBmcHolds } from "./bmc-holds.ts";
import { createTrials } from "./trials.ts";

/** How long a BMC is left alone at which nothing answered, unless its node's type says otherwise, milliseconds. */
const defaultHoldMs = 30_000;
/** The database is asked again so often while it is away, milliseconds. */
const databasePauseMs = 250;
/** A BMC that another replica talks to is asked for again so often, milliseconds. */
const elsewherePauseMs = 100;

export interface BmcAccessOptions {
  readonly sql: Sql;
  /** For what may be lost in a crash of the server: who talks to which BMC. */
  readonly relaxedSql: Sql;
  /** This replica's name, by which its runs are leased. */
  readonly owner: string;
  /** Opens what is sealed for a node's BMC. */
  readonly open: (sealedPassword: string, node: string) => string;
  readonly log: Log;
  /** A BMC that was healthy is now left alone. */
  readonly onOutage: () => void;
}

/**
 * The circuit-breaker and the lock-out protection of BMCs, and who may talk to each: shared by all replicas over the database.
 *
 * A BMC at which nothing answered is left alone for a while: whoever asks is told at once. Then one caller of all tries
 * it again. A credential that a BMC refused is not tried again before it was changed, or somebody insists. To a BMC one replica
 * talks at a time; it takes it with the statement that reads the password, so that one whose node is alone there waits for
 * nothing. Of a BMC that is well nothing else is written.
 */
export function createBmcAccess(options: BmcAccessOptions): StoppableBmcAccess {
  const { sql, relaxedSql, owner, open, log, onOutage } = options;
  const trials = createTrials();
  const holds = createBmcHolds({ relaxedSql, owner, log });
  const facts = new DataLoader<BmcQuestion, TakenBmc>((keys) => takeBmcs(relaxedSql, owner, keys), {
    cache: false,
    maxBatchSize: 1_000,
    batchScheduleFn: (load) => void setImmediate(load),
  });

  /** Reads on while the database is away, until the call's time is up: a node run need not break off for that. */
  async function factsOf(key: BmcQuestion, { deadlineMs, signal }: PowerOptions): Promise<TakenBmc> {
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
    const { node, bmc, digest, holdMs, hold } = asked;
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
      hold.end();
    }
  }

  /** A leave, or the failure where another caller is already trying the BMC again. The trial that was begun ends with either. */
  async function leaveFor({ question, decision, known, hold, holdMs, hangUp }: Cleared) {
    const { node, power } = question;
    const { digest, sealedPassword } = decision;
    const bmc = bmcNameOf(power);
    let leave: BmcLeave | undefined;
    try {
      if (decision.kind === "ask-if-first" && known.outage && !(await claimRetry(sql, bmc, holdMs))) {
        return unreachableFailure(question, known.outage);
      }
      const seen = { hasOutage: known.outage !== null, hasRefusal: known.refusal !== null };
      const asked = { node, bmc, digest, hold, holdMs, ...seen };
      const password = open(sealedPassword, node);
      hold.onHangUp(digest, () => hangUp(password));
      const ended = (end: ExchangeEnd) => learn(asked, end);
      leave = { ok: true, password, ended, resume: () => hold.begin(), keep: () => hold.keep() };
      return leave;
    } finally {
      if (!leave) {
        trials.end(node, digest, {});
        hold.end();
      }
    }
  }

  async function ask(
    target: PowerTarget<IpmiPower>,
    options: PowerOptions,
    hangUp: HangUp,
  ): Promise<BmcLeave | PowerFailure> {
    const { node, power } = target;
    const { insistence = "none", holdMs = defaultHoldMs, deadlineMs, signal } = options;
    const question: AccessQuestion = { node, power, insistence };
    const bmc = bmcNameOf(power);
    const hold = holds.use(bmc, target);
    let wasJustTried = false;
    const awaitOthers = async (): Promise<boolean> => {
      if (performance.now() + elsewherePauseMs >= deadlineMs) return false;
      await sleep(elsewherePauseMs, undefined, { signal });
      return true;
    };
    for (;;) {
      if (hold.state === "yielding") {
        if (await awaitOthers()) continue;
        return neverFree(question);
      }
      const isHeld = hold.state === "held";
      hold.ask();
      const known = await factsOf({ node, bmc, isHeld }, options);
      const decision = decideAccess(question, known);
      if (decision.kind === "no") return decision.failure;
      if (known.isElsewhere) {
        if (await awaitOthers()) continue;
        return neverFree(question);
      }
      hold.take();
      // Somebody has just been silent for us too.
      if (wasJustTried && known.outage) return unreachableFailure(question, known.outage);
      const trial = await trials.begin(node, decision.digest, signal);
      if (trial === "begun" && hold.begin()) return leaveFor({ question, decision, known, hold, holdMs, hangUp });
      // Given up to another replica meanwhile, or tried by somebody else: look anew.
      if (trial === "begun") trials.end(node, decision.digest, {});
      else wasJustTried = trial.isReachable === false;
    }
  }

  return { ask, release: (target) => holds.release(target), stop: () => holds.stop() };
}

function neverFree({ node, power }: AccessQuestion): PowerFailure {
  const detail = `${node}: other replicas talked to ${bmcNameOf(power)} for all of the time allowed; try again`;
  return { ok: false, reason: "bmc-too-slow", detail };
}

export interface StoppableBmcAccess extends BmcAccess {
  /** Gives up what is held. */
  stop(): Promise<void>;
}

type HangUp = Parameters<BmcAccess["ask"]>[2];

/** What a leave was given for; `has…` is what the ledger says until it is learnt otherwise. */
interface Asked {
  readonly node: string;
  readonly bmc: string;
  readonly digest: string;
  readonly hold: BmcHold;
  readonly holdMs: number;
  hasOutage: boolean;
  hasRefusal: boolean;
}

/** A question that may be asked as far as this replica can tell, its BMC taken and its trial begun. */
interface Cleared {
  readonly question: AccessQuestion;
  readonly decision: Exclude<AccessDecision, { kind: "no" }>;
  readonly known: BmcFacts;
  readonly hold: BmcHold;
  /** How long the BMC is left alone if nothing answers there, milliseconds. */
  readonly holdMs: number;
  readonly hangUp: HangUp;
}
