// The BMC's side of session set-up. A repeated message is answered as the first one was, so that a console may take the
// answer to any copy.

import { type CipherSuite, type CipherSuiteId, matchCipherSuite } from "../crypto/cipher-suite.ts";
import { HmacKey, isSameCode } from "../crypto/hmac.ts";
import {
  type KeyExchange,
  padSecret,
  rakp2Code,
  rakp3Code,
  rakp4Code,
  sessionIntegrityKey,
} from "../crypto/key-exchange.ts";
import type { RandomBytes } from "../crypto/random-bytes.ts";
import { SecureChannel } from "../crypto/secure-channel.ts";
import type { Quirk } from "../quirk.ts";
import { readUint32 } from "../wire/little-endian.ts";
import { privilegeFromNumber, privilegeNumber } from "../wire/privilege-level.ts";
import { decodeOpenSessionRequest } from "../wire/setup/open-session-request.ts";
import { encodeOpenSessionResponse } from "../wire/setup/open-session-response.ts";
import { type Rakp1, decodeRakp1 } from "../wire/setup/rakp-1.ts";
import { encodeRakp2 } from "../wire/setup/rakp-2.ts";
import { decodeRakp3 } from "../wire/setup/rakp-3.ts";
import { encodeRakp4 } from "../wire/setup/rakp-4.ts";
import { SETUP_STATUS } from "../wire/setup/status-code.ts";
import type { BmcSession, Remote, SessionSlots } from "./bmc-session.ts";
import type { BmcUser } from "./bmc-user.ts";

const HIGHEST = privilegeNumber("administrator");
const LOOKUP_BIT = 0x10;
const NO_CODE = new Uint8Array(0);

export interface SetUpContext {
  readonly slots: SessionSlots;
  readonly users: readonly BmcUser[];
  readonly cipherSuites: readonly CipherSuiteId[];
  readonly kg: Uint8Array | undefined;
  readonly guid: Uint8Array;
  readonly quirks: readonly Quirk[];
  readonly randomBytes: RandomBytes;
  readonly hasNoSlots: boolean;
}

/** The Open Session Response to a request, `undefined` for what is none. */
export function answerOpenSession(context: SetUpContext, message: Uint8Array, remote: Remote): Uint8Array | undefined {
  const request = decodeOpenSessionRequest(message);
  if (request === undefined) return undefined;
  const { tag, consoleSessionId, algorithms } = request;
  const refuse = (status: number) => encodeOpenSessionResponse({ kind: "refused", tag, consoleSessionId, status });
  const suite = matchCipherSuite(algorithms, context.cipherSuites);
  if (suite === undefined) return refuse(SETUP_STATUS.noCipherSuiteMatch);
  const known = context.slots.findHalfOpen(remote, consoleSessionId);
  if (known === undefined && (context.hasNoSlots || !context.slots.hasFree)) {
    return refuse(SETUP_STATUS.insufficientResources);
  }
  const session = known ?? addSession(context, { suite, remote, consoleSessionId, openPrivilege: request.privilege });
  return encodeOpenSessionResponse({
    kind: "accepted",
    tag,
    consoleSessionId,
    privilege: request.privilege === 0 && !context.quirks.includes("intel20") ? HIGHEST : request.privilege,
    bmcSessionId: session.bmcSessionId,
    algorithms,
  });
}

/** RAKP 2 in answer to RAKP 1. */
export function answerRakp1(context: SetUpContext, message: Uint8Array): Uint8Array | undefined {
  const rakp1 = decodeRakp1(message);
  if (rakp1 === undefined) return undefined;
  const session = context.slots.get(rakp1.bmcSessionId);
  const consoleSessionId = session?.consoleSessionId ?? 0;
  const { tag } = rakp1;
  const refuse = (status: number) => encodeRakp2({ kind: "refused", tag, consoleSessionId, status });
  if (session === undefined || session.channel !== undefined) return refuse(SETUP_STATUS.invalidSessionId);
  const user = findUser(context, rakp1.username);
  if (user === undefined || !isRoleAllowed(user, rakp1.role)) {
    context.slots.delete(session);
    return refuse(user === undefined ? SETUP_STATUS.unauthorizedName : SETUP_STATUS.unauthorizedRole);
  }
  const exchange = keyExchange(context, { session, user, rakp1 });
  session.keys = { user, exchange };
  session.usedAt = performance.now();
  const code = rakp2Code(exchange);
  return encodeRakp2({
    kind: "accepted",
    tag,
    consoleSessionId,
    bmcRandom: session.bmcRandom,
    guid: context.guid,
    authenticationCode: context.quirks.includes("supermicro20") ? Uint8Array.of(...code, 0) : code,
  });
}

/** RAKP 4 in answer to RAKP 3; nothing to one that calls the set-up off. */
export function answerRakp3(context: SetUpContext, message: Uint8Array): Uint8Array | undefined {
  const rakp3 = decodeRakp3(message);
  if (rakp3 === undefined) return undefined;
  const { tag } = rakp3;
  const session = context.slots.get(rakp3.bmcSessionId);
  const consoleSessionId = session?.consoleSessionId ?? 0;
  const refuse = (status: number) => encodeRakp4({ tag, status, consoleSessionId, integrityCheck: NO_CODE });
  if (session?.keys === undefined) return refuse(SETUP_STATUS.invalidSessionId);
  const { exchange } = session.keys;
  const isRight = rakp3.status === SETUP_STATUS.ok && isSameCode(rakp3.authenticationCode, rakp3Code(exchange));
  if (!isRight) {
    // Nobody but who knows the password may end a session that is open already.
    if (session.channel === undefined) context.slots.delete(session);
    return rakp3.status === SETUP_STATUS.ok ? refuse(SETUP_STATUS.invalidIntegrityCheck) : undefined;
  }
  const integrityKey = sessionIntegrityKey(exchange);
  session.channel ??= new SecureChannel(session.suite, {
    integrityKey,
    remoteSessionId: consoleSessionId,
    randomBytes: context.randomBytes,
  });
  session.usedAt = performance.now();
  const code = rakp4Code(exchange, integrityKey);
  const integrityCheck = context.quirks.includes("sun20") ? code : code.slice(0, session.suite.codeBytes);
  if (context.quirks.includes("integritycheckvalue")) integrityCheck.reverse();
  return encodeRakp4({ tag, status: SETUP_STATUS.ok, consoleSessionId, integrityCheck });
}

function addSession(
  context: SetUpContext,
  asked: {
    readonly suite: CipherSuite;
    readonly remote: Remote;
    readonly consoleSessionId: number;
    readonly openPrivilege: number;
  },
): BmcSession {
  let bmcSessionId = 0;
  do bmcSessionId = readUint32(context.randomBytes(4), 0);
  while (bmcSessionId === 0 || context.slots.get(bmcSessionId) !== undefined);
  const session: BmcSession = {
    ...asked,
    bmcSessionId,
    bmcRandom: context.randomBytes(16),
    usedAt: performance.now(),
    privilege: "user",
  };
  context.slots.add(session);
  return session;
}

function findUser(context: SetUpContext, name: Uint8Array): BmcUser | undefined {
  return context.users.find(({ username }) => {
    const bytes = new TextEncoder().encode(username);
    if (!context.quirks.includes("intel20")) return isSameCode(bytes, name);
    return name.length === 16 && name.every((byte, at) => byte === (bytes[at] ?? 0));
  });
}

function isRoleAllowed(user: BmcUser, role: number): boolean {
  const wanted = role & 0x0f;
  if (wanted === 0) return true;
  return privilegeFromNumber(wanted) !== undefined && wanted <= privilegeNumber(user.privilege ?? "administrator");
}

function keyExchange(
  context: SetUpContext,
  asked: { readonly session: BmcSession; readonly user: BmcUser; readonly rakp1: Rakp1 },
): KeyExchange {
  const { session, user, rakp1 } = asked;
  const { suite } = session;
  const userKey = new HmacKey(suite.hash, padSecret(user.password));
  const hashesOpenPrivilege = context.quirks.includes("opensesspriv") || context.quirks.includes("sun20");
  return {
    suite,
    userKey,
    bmcKey: context.kg === undefined ? userKey : new HmacKey(suite.hash, padSecret(context.kg)),
    consoleSessionId: session.consoleSessionId,
    bmcSessionId: session.bmcSessionId,
    consoleRandom: rakp1.consoleRandom,
    bmcRandom: session.bmcRandom,
    guid: context.guid,
    role: hashesOpenPrivilege ? (rakp1.role & LOOKUP_BIT) | session.openPrivilege : rakp1.role,
    username: rakp1.username,
  };
}
