// RMCP+ Open Session Response, payload type 11h, IPMI 2.0 table 13-10:
//
//    0  message tag of the request
//    1  status code              other than 0: the message ends after byte 7; OpenIPMI's ipmi_sim ends it here
//    2  maximum privilege
//    3  reserved
//    4  console session ID (4)
//    8  BMC session ID (4)
//   12  the three algorithms chosen, 8 bytes each, as in the request

import { readUint32, writeUint32 } from "../little-endian.ts";
import { type Algorithms, readAlgorithms, writeAlgorithms } from "./open-session-request.ts";
import { SETUP_STATUS } from "./status-code.ts";

const ACCEPTED_BYTES = 36;
const REFUSED_BYTES = 8;
const STATUS_ONLY_BYTES = 2;

interface SetupAnswer {
  readonly tag: number;
  /** 0 in a refusal that ends before it. */
  readonly consoleSessionId: number;
}

export type OpenSessionResponse =
  | (SetupAnswer & {
      readonly kind: "accepted";
      readonly privilege: number;
      readonly bmcSessionId: number;
      readonly algorithms: Algorithms;
    })
  | (SetupAnswer & { readonly kind: "refused"; readonly status: number });

export function encodeOpenSessionResponse(response: OpenSessionResponse): Uint8Array {
  const message = new Uint8Array(response.kind === "accepted" ? ACCEPTED_BYTES : REFUSED_BYTES);
  message[0] = response.tag;
  writeUint32(message, 4, response.consoleSessionId);
  if (response.kind === "refused") {
    message[1] = response.status;
    return message;
  }
  message[2] = response.privilege;
  writeUint32(message, 8, response.bmcSessionId);
  writeAlgorithms(message, 12, response.algorithms);
  return message;
}

/** Whether a response of this length ends before the console session ID, as refusals of some BMCs do. */
export function lacksSessionId(messageBytes: number): boolean {
  return messageBytes < REFUSED_BYTES;
}

export function decodeOpenSessionResponse(message: Uint8Array): OpenSessionResponse | undefined {
  if (message.length < STATUS_ONLY_BYTES) return undefined;
  const consoleSessionId = lacksSessionId(message.length) ? 0 : readUint32(message, 4);
  const answer = { tag: message[0] ?? 0, consoleSessionId };
  const status = message[1] ?? 0;
  if (status !== SETUP_STATUS.ok) return { ...answer, kind: "refused", status };
  if (message.length < ACCEPTED_BYTES) return undefined;
  const algorithms = readAlgorithms(message, 12);
  if (algorithms === undefined) return undefined;
  return {
    ...answer,
    kind: "accepted",
    privilege: (message[2] ?? 0) & 0x0f,
    bmcSessionId: readUint32(message, 8),
    algorithms,
  };
}
