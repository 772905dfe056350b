// IPMI message over LAN, IPMI 2.0 table 13-8:
//
//        request                          response
//   0    rsAddr (BMC, 20h)                rqAddr (console, 81h)
//   1    netFn << 2 | rsLUN               (netFn | 1) << 2 | rqLUN
//   2    checksum of 0..1                 checksum of 0..1
//   3    rqAddr (console, 81h)            rsAddr (BMC, 20h)
//   4    rqSeq << 2 | rqLUN               rqSeq << 2 | rsLUN
//   5    command                          command
//   6    data…                            completion code, data…
//   last checksum of 3..last-1            checksum of 3..last-1

const BMC_ADDRESS = 0x20;
const CONSOLE_ADDRESS = 0x81;
const MIN_REQUEST_BYTES = 7;
const MIN_RESPONSE_BYTES = 8;

export interface IpmiRequest {
  readonly netFn: number;
  readonly command: number;
  /** 0–63; a response carries the number of its request. */
  readonly sequence: number;
  readonly data: Uint8Array;
}

export interface IpmiResponse extends IpmiRequest {
  readonly completionCode: number;
}

export function encodeIpmiRequest(request: IpmiRequest): Uint8Array {
  const { data } = request;
  const message = new Uint8Array(MIN_REQUEST_BYTES + data.length);
  message[0] = BMC_ADDRESS;
  message[1] = request.netFn << 2;
  message[3] = CONSOLE_ADDRESS;
  message[4] = request.sequence << 2;
  message[5] = request.command;
  message.set(data, 6);
  writeChecksums(message);
  return message;
}

/** The response to `request`; `data` is what follows the completion code. */
export function encodeIpmiResponse(request: IpmiRequest, completionCode: number, data: Uint8Array): Uint8Array {
  const message = new Uint8Array(MIN_RESPONSE_BYTES + data.length);
  message[0] = CONSOLE_ADDRESS;
  message[1] = (request.netFn | 1) << 2;
  message[3] = BMC_ADDRESS;
  message[4] = request.sequence << 2;
  message[5] = request.command;
  message[6] = completionCode;
  message.set(data, 7);
  writeChecksums(message);
  return message;
}

/** `undefined` for anything that is not a whole request with sound checksums. */
export function decodeIpmiRequest(message: Uint8Array): IpmiRequest | undefined {
  if (message.length < MIN_REQUEST_BYTES || !hasSoundChecksums(message)) return undefined;
  const netFn = (message[1] ?? 0) >> 2;
  if ((netFn & 1) !== 0) return undefined;
  return {
    netFn,
    command: message[5] ?? 0,
    sequence: (message[4] ?? 0) >> 2,
    data: message.subarray(6, message.length - 1),
  };
}

/**
 * `undefined` for anything that is not a whole response with sound checksums. `ignoreChecksums` is the quirk
 * `nochecksumcheck`: some BMCs compute them wrongly.
 */
export function decodeIpmiResponse(
  message: Uint8Array,
  options?: { readonly ignoreChecksums?: boolean },
): IpmiResponse | undefined {
  if (message.length < MIN_RESPONSE_BYTES) return undefined;
  if (options?.ignoreChecksums !== true && !hasSoundChecksums(message)) return undefined;
  const netFn = (message[1] ?? 0) >> 2;
  if ((netFn & 1) === 0) return undefined;
  return {
    netFn: netFn & ~1,
    command: message[5] ?? 0,
    sequence: (message[4] ?? 0) >> 2,
    completionCode: message[6] ?? 0,
    data: message.subarray(7, message.length - 1),
  };
}

function writeChecksums(message: Uint8Array): void {
  const last = message.length - 1;
  message[2] = -sum(message, 0, 2);
  message[last] = -sum(message, 3, last);
}

function hasSoundChecksums(message: Uint8Array): boolean {
  return (sum(message, 0, 3) & 0xff) === 0 && (sum(message, 3, message.length) & 0xff) === 0;
}

function sum(bytes: Uint8Array, start: number, end: number): number {
  let total = 0;
  for (let at = start; at < end; at++) total += bytes[at] ?? 0;
  return total;
}
