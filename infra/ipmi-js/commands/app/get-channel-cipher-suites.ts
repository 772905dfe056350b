// Get Channel Cipher Suites, App 54h, IPMI 2.0 table 22-17. Asked outside any session.
//
//   request   0  channel (Eh = this one)
//             1  payload type (0 = IPMI)
//             2  bit 7: list suites, not algorithms; bits 0–5: list index, 16 bytes of list each
//   response  0  channel
//             1  up to 16 bytes of the list, of records (table 22-18):
//                C0h, suite ID, authentication, 40h | integrity, 80h | confidentiality

import { type CipherSuiteId, cipherSuite } from "../../crypto/cipher-suite.ts";
import { type Command, NETFN } from "../command.ts";

const CHUNK_BYTES = 16;
const THIS_CHANNEL = 0x0e;
const BY_SUITE = 0x80;

export interface CipherSuiteList {
  readonly channel: number;
  /** The part of the list that was asked for; less than 16 bytes end it. */
  readonly chunk: Uint8Array;
}

export const getChannelCipherSuites: Command<{ readonly listIndex: number }, CipherSuiteList> = {
  name: "Get Channel Cipher Suites",
  netFn: NETFN.app,
  command: 0x54,
  privilege: "callback",
  encodeRequest: ({ listIndex }) => Uint8Array.of(THIS_CHANNEL, 0, BY_SUITE | listIndex),
  decodeRequest: (data) => (data.length < 3 ? undefined : { listIndex: (data[2] ?? 0) & 0x3f }),
  encodeResponse: ({ channel, chunk }) => Uint8Array.of(channel, ...chunk),
  decodeResponse(data) {
    if (data.length < 1 || data.length > 1 + CHUNK_BYTES) return undefined;
    return { channel: (data[0] ?? 0) & 0x0f, chunk: data.slice(1) };
  },
};

/** The part numbered `listIndex` of the records of `suites`. */
export function cipherSuiteRecords(suites: readonly CipherSuiteId[], listIndex: number): Uint8Array {
  const records = suites.flatMap((id) => {
    const { authentication, integrity, confidentiality } = cipherSuite(id).algorithms;
    return [0xc0, id, authentication, 0x40 | integrity, 0x80 | confidentiality];
  });
  return Uint8Array.from(records.slice(CHUNK_BYTES * listIndex, CHUNK_BYTES * (listIndex + 1)));
}
