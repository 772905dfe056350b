import { createHash } from "node:crypto";
import type { FailureReason } from "../../../contracts/index.ts";
import type { BmcFacts } from "../../../infra/db/index.ts";
import {
  type ExchangeEnd,
  type Insistence,
  type IpmiPower,
  type PowerFailure,
  bmcNameOf,
} from "../../../infra/power/index.ts";

/** Whether a BMC may be asked: yes; yes, if nobody else is already trying it again; or no, and what that means for the node. */
export type AccessDecision =
  | { readonly kind: "ask" | "ask-if-first"; readonly sealedPassword: string; readonly digest: string }
  | { readonly kind: "no"; readonly failure: PowerFailure };

export interface AccessQuestion {
  readonly node: string;
  readonly power: IpmiPower;
  readonly insistence: Insistence;
}

/** Decides from what is known of a BMC, pure. What was refused for good comes before what will pass. */
export function decideAccess(question: AccessQuestion, facts: BmcFacts): AccessDecision {
  const { node, power, insistence } = question;
  const { sealedPassword, outage, refusal } = facts;
  if (sealedPassword === null) {
    const detail = `${node}: no password is recorded for its BMC; set one`;
    return { kind: "no", failure: { ok: false, reason: "bmc-credentials-missing", detail } };
  }
  const digest = digestOf(power, sealedPassword);
  if (refusal?.digest === digest && insistence !== "all")
    return { kind: "no", failure: refusedFailure(question, refusal) };
  if (outage === null || insistence !== "none") return { kind: "ask", sealedPassword, digest };
  if (outage.isOver) return { kind: "ask-if-first", sealedPassword, digest };
  return { kind: "no", failure: unreachableFailure(question, outage) };
}

/** Told of a BMC that is left alone for a while. */
export function unreachableFailure(
  { node, power }: AccessQuestion,
  { triedAt, retryAt }: Pick<NonNullable<BmcFacts["outage"]>, "triedAt" | "retryAt">,
): PowerFailure {
  const notAsked = { triedAt: triedAt.toISOString(), retryAt: retryAt.toISOString() };
  const detail = `${node}: nothing answered at ${bmcNameOf(power)} at ${notAsked.triedAt}; it is left alone until ${notAsked.retryAt}, and tried before by: reveille power status ${node}`;
  return { ok: false, reason: "bmc-unreachable", detail, notAsked };
}

function refusedFailure({ node, power }: AccessQuestion, refusal: NonNullable<BmcFacts["refusal"]>): PowerFailure {
  const notAsked = { triedAt: refusal.refusedAt.toISOString() };
  const detail = `${node}: not tried, lest ${bmcNameOf(power)} lock user '${power.username}' out: it refused this very credential at ${notAsked.triedAt}; set another, or have it tried once more by: reveille power status ${node} --force`;
  return { ok: false, reason: refusal.reason as FailureReason, detail, notAsked };
}

/** Tells a credential from the one before it: where it goes, and what is sealed, which is never opened for this. */
export function digestOf(power: IpmiPower, sealedPassword: string): string {
  const parts = [bmcNameOf(power), power.username, sealedPassword];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** What the end of an exchange says of the BMC and of the credential; undefined where it leaves that open. */
export interface Lesson {
  readonly isReachable?: boolean;
  readonly isCredentialTaken?: boolean;
}

const answers: Lesson = { isReachable: true };
const takesCredential: Lesson = { isReachable: true, isCredentialTaken: true };
const refusesCredential: Lesson = { isReachable: true, isCredentialTaken: false };

const lessons: Readonly<Partial<Record<ExchangeEnd, Lesson>>> = {
  answered: takesCredential,
  "bmc-unreachable": { isReachable: false },
  "bmc-password-invalid": refusesCredential,
  "bmc-user-invalid": refusesCredential,
  "bmc-privilege-insufficient": takesCredential,
  "bmc-busy": answers,
  "bmc-no-session-slot": answers,
  "bmc-refused": answers,
  "power-state-unsuitable": takesCredential,
};

export function lessonOf(end: ExchangeEnd): Lesson {
  return lessons[end] ?? {};
}
