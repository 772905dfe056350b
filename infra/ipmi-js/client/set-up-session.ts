// Session set-up: Open Session, RAKP 1–4 (IPMI 2.0 §13.14–13.24). Every retransmission of a step is the same bytes, so
// that the answer to any copy counts. The BMC proves in RAKP 2 that it knows the password, and in RAKP 4 that it knows
// K_g, which is how a wrong password and a wrong K_g are told apart.

import { type CipherSuite, cipherSuite } from "../crypto/cipher-suite.ts";
import { HmacKey, isSameCode } from "../crypto/hmac.ts";
import {
  type KeyExchange,
  padSecret,
  rakp2Code,
  rakp3Code,
  rakp4Code,
  sessionIntegrityKey,
} from "../crypto/key-exchange.ts";
import { SecureChannel } from "../crypto/secure-channel.ts";
import { decodeOpenSessionResponse } from "../wire/setup/open-session-response.ts";
import { type Algorithms, encodeOpenSessionRequest } from "../wire/setup/open-session-request.ts";
import { encodeRakp1 } from "../wire/setup/rakp-1.ts";
import { decodeRakp2 } from "../wire/setup/rakp-2.ts";
import { encodeRakp3 } from "../wire/setup/rakp-3.ts";
import { decodeRakp4 } from "../wire/setup/rakp-4.ts";
import { SETUP_STATUS } from "../wire/setup/status-code.ts";
import { privilegeNumber } from "../wire/privilege-level.ts";
import { PAYLOAD, encodeUnprotectedPacket } from "../wire/rmcp-plus.ts";
import type { Line } from "./line.ts";
import { Session } from "./session.ts";
import { type Ask, type SetUpFailure, SetUpExchanges } from "./set-up-exchanges.ts";

const NAME_ONLY_LOOKUP = 0x10;
const PADDED_NAME_BYTES = 16;

export type SetUpEnd = { readonly kind: "open"; readonly session: Session } | SetUpFailure;

export async function setUpSession(line: Line, suiteId: CipherSuite["id"], ask: Ask): Promise<SetUpEnd> {
  const exchanges = new SetUpExchanges(line, ask);
  try {
    const suite = cipherSuite(suiteId);
    const packet = openSessionPacket(line, suite, exchanges);
    const step = { name: "Open Session", packet, answerType: PAYLOAD.openSessionResponse };
    const end = await exchanges.ask(step, decodeOpenSessionResponse);
    if (end.kind !== "answered") return exchanges.failure(end);
    const opened = end.answer;
    if (opened.kind === "refused") return { kind: "refused", step: step.name, status: opened.status };
    if (!isSameSuite(opened.algorithms, suite.algorithms)) {
      return { kind: "refused", step: step.name, status: SETUP_STATUS.noCipherSuiteMatch };
    }
    return await exchangeKeys(line, { suite, bmcSessionId: opened.bmcSessionId, exchanges });
  } finally {
    exchanges.end();
  }
}

function openSessionPacket(line: Line, suite: CipherSuite, exchanges: SetUpExchanges): Uint8Array {
  const { quirks, privilege } = line.target;
  const tellsPrivilege = quirks.includes("opensesspriv") || quirks.includes("sun20");
  const request = encodeOpenSessionRequest({
    tag: exchanges.nextTag(),
    privilege: tellsPrivilege ? privilegeNumber(privilege) : 0,
    consoleSessionId: exchanges.consoleSessionId,
    algorithms: suite.algorithms,
  });
  return encodeUnprotectedPacket(PAYLOAD.openSessionRequest, request);
}

function isSameSuite(one: Algorithms, other: Algorithms): boolean {
  return (
    one.authentication === other.authentication &&
    one.integrity === other.integrity &&
    one.confidentiality === other.confidentiality
  );
}

async function exchangeKeys(
  line: Line,
  setUp: { readonly suite: CipherSuite; readonly bmcSessionId: number; readonly exchanges: SetUpExchanges },
): Promise<SetUpEnd> {
  const { suite, bmcSessionId, exchanges } = setUp;
  const { target } = line;
  const consoleRandom = line.randomBytes(16);
  const role = NAME_ONLY_LOOKUP | privilegeNumber(target.privilege);
  const username = encodeUsername(target);
  const rakp1 = encodeRakp1({ tag: exchanges.nextTag(), bmcSessionId, consoleRandom, role, username });
  const first = { name: "RAKP 1", packet: encodeUnprotectedPacket(PAYLOAD.rakp1, rakp1), answerType: PAYLOAD.rakp2 };
  const second = await exchanges.ask(first, decodeRakp2);
  if (second.kind !== "answered") return exchanges.failure(second);
  const rakp2 = second.answer;
  if (rakp2.kind === "refused") return { kind: "refused", step: "RAKP 1", status: rakp2.status };

  const userKey = new HmacKey(suite.hash, padSecret(target.password));
  const exchange: KeyExchange = {
    suite,
    userKey,
    bmcKey: target.kg === undefined ? userKey : new HmacKey(suite.hash, padSecret(target.kg)),
    consoleSessionId: exchanges.consoleSessionId,
    bmcSessionId,
    consoleRandom,
    bmcRandom: rakp2.bmcRandom,
    guid: rakp2.guid,
    role,
    username,
  };
  if (!isRakp2Authentic(line, exchange, rakp2.authenticationCode)) {
    line.send(dropSession(exchanges.nextTag(), bmcSessionId));
    return { kind: "wrong-password" };
  }

  const rakp3 = encodeRakp3({
    tag: exchanges.nextTag(),
    status: SETUP_STATUS.ok,
    bmcSessionId,
    authenticationCode: rakp3Code(exchange),
  });
  const third = { name: "RAKP 3", packet: encodeUnprotectedPacket(PAYLOAD.rakp3, rakp3), answerType: PAYLOAD.rakp4 };
  const fourth = await exchanges.ask(third, decodeRakp4);
  if (fourth.kind !== "answered") return exchanges.failure(fourth);
  const { status, integrityCheck } = fourth.answer;
  if (status !== SETUP_STATUS.ok) return { kind: "refused", step: "RAKP 3", status };
  const integrityKey = sessionIntegrityKey(exchange);
  if (!isRakp4Authentic(line, suite, { expected: rakp4Code(exchange, integrityKey), integrityCheck })) {
    return { kind: "wrong-kg" };
  }
  const channel = new SecureChannel(suite, {
    integrityKey,
    remoteSessionId: bmcSessionId,
    randomBytes: line.randomBytes,
  });
  const { consoleSessionId } = exchanges;
  return { kind: "open", session: new Session(line, { channel, consoleSessionId, bmcSessionId }) };
}

function encodeUsername(target: Line["target"]): Uint8Array {
  const name = new TextEncoder().encode(target.username);
  if (!target.quirks.includes("intel20")) return name;
  const padded = new Uint8Array(PADDED_NAME_BYTES);
  padded.set(name);
  return padded;
}

function isRakp2Authentic(line: Line, exchange: KeyExchange, code: Uint8Array): boolean {
  const { digestBytes } = exchange.suite.hash;
  const hasExtraByte = line.target.quirks.includes("supermicro20") && code.length === digestBytes + 1;
  return isSameCode(rakp2Code(exchange), hasExtraByte ? code.subarray(0, digestBytes) : code);
}

function isRakp4Authentic(
  line: Line,
  suite: CipherSuite,
  codes: { readonly expected: Uint8Array; readonly integrityCheck: Uint8Array },
): boolean {
  const { expected, integrityCheck } = codes;
  // What such a BMC sends proves nothing. That it knows K_g is proved by the first packet inside the session, whose keys
  // come of the same secret.
  if (line.target.quirks.includes("integritycheckvalue")) return true;
  if (line.target.quirks.includes("sun20") && integrityCheck.length === expected.length) {
    return isSameCode(expected, integrityCheck);
  }
  return isSameCode(expected.subarray(0, suite.codeBytes), integrityCheck);
}

/** A RAKP 3 that tells the BMC to forget the session, so that its slot is free at once. */
function dropSession(tag: number, bmcSessionId: number): Uint8Array {
  const status = SETUP_STATUS.invalidIntegrityCheck;
  const rakp3 = encodeRakp3({ tag, status, bmcSessionId, authenticationCode: new Uint8Array(0) });
  return encodeUnprotectedPacket(PAYLOAD.rakp3, rakp3);
}
