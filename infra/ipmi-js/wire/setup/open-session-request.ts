// RMCP+ Open Session Request, payload type 10h, IPMI 2.0 table 13-9:
//
//    0  message tag
//    1  requested maximum privilege   0 = the highest that the algorithms allow
//    2  reserved (2)
//    4  console session ID (4)
//    8  authentication payload        00h, reserved (2), length 08h, algorithm, reserved (3)
//   16  integrity payload             01h, reserved (2), length 08h, algorithm, reserved (3)
//   24  confidentiality payload       02h, reserved (2), length 08h, algorithm, reserved (3)

import { readUint32, writeUint32 } from "../little-endian.ts";

const MESSAGE_BYTES = 32;

/** Algorithm numbers of IPMI 2.0 tables 13-17, 13-18 and 13-19. */
export interface Algorithms {
  readonly authentication: number;
  readonly integrity: number;
  readonly confidentiality: number;
}

export interface OpenSessionRequest {
  readonly tag: number;
  /** 0–4; see `PrivilegeLevel` for 1–4. */
  readonly privilege: number;
  readonly consoleSessionId: number;
  readonly algorithms: Algorithms;
}

export function encodeOpenSessionRequest(request: OpenSessionRequest): Uint8Array {
  const message = new Uint8Array(MESSAGE_BYTES);
  message[0] = request.tag;
  message[1] = request.privilege;
  writeUint32(message, 4, request.consoleSessionId);
  writeAlgorithms(message, 8, request.algorithms);
  return message;
}

export function decodeOpenSessionRequest(message: Uint8Array): OpenSessionRequest | undefined {
  if (message.length < MESSAGE_BYTES) return undefined;
  const algorithms = readAlgorithms(message, 8);
  if (algorithms === undefined) return undefined;
  return {
    tag: message[0] ?? 0,
    privilege: (message[1] ?? 0) & 0x0f,
    consoleSessionId: readUint32(message, 4),
    algorithms,
  };
}

/** Writes the three algorithm payloads (24 bytes), the same in request and response. */
export function writeAlgorithms(message: Uint8Array, at: number, algorithms: Algorithms): void {
  const inOrder = [algorithms.authentication, algorithms.integrity, algorithms.confidentiality];
  inOrder.forEach((algorithm, index) => {
    const start = at + 8 * index;
    message[start] = index;
    message[start + 3] = 8;
    message[start + 4] = algorithm;
  });
}

/** Reads the three algorithm payloads; `undefined` if they are not those three, in order. */
export function readAlgorithms(message: Uint8Array, at: number): Algorithms | undefined {
  for (let index = 0; index < 3; index++) if (message[at + 8 * index] !== index) return undefined;
  return {
    authentication: (message[at + 4] ?? 0) & 0x3f,
    integrity: (message[at + 12] ?? 0) & 0x3f,
    confidentiality: (message[at + 20] ?? 0) & 0x3f,
  };
}
