// Packets inside a session, both sides alike: sealed with AES-CBC-128 (payload: IV, data, pad 01 02 03…, pad length;
// IPMI 2.0 table 13-20) and the trailer of `wire/rmcp-plus.ts`.

import {
  AUTHENTICATED_FROM,
  RMCP_PLUS_HEADER_BYTES,
  type RmcpPlusHeader,
  writeRmcpPlusHeader,
} from "../wire/rmcp-plus.ts";
import { AES_BLOCK_BYTES, Aes128Key } from "./aes128-cbc.ts";
import type { CipherSuite } from "./cipher-suite.ts";
import { HmacKey } from "./hmac.ts";
import { additionalKeyMaterial } from "./key-exchange.ts";
import type { RandomBytes } from "./random-bytes.ts";
import { ReplayWindow } from "./replay-window.ts";

const NEXT_HEADER = 0x07;

export class SecureChannel {
  readonly #codeBytes: number;
  readonly #authenticationKey: HmacKey;
  readonly #encryptionKey: Aes128Key;
  readonly #remoteSessionId: number;
  readonly #randomBytes: RandomBytes;
  readonly #received = new ReplayWindow();
  #sent = 0;

  constructor(
    suite: CipherSuite,
    options: {
      readonly integrityKey: HmacKey;
      readonly remoteSessionId: number;
      readonly randomBytes: RandomBytes;
    },
  ) {
    this.#codeBytes = suite.codeBytes;
    this.#authenticationKey = new HmacKey(suite.hash, additionalKeyMaterial(options.integrityKey, 1));
    this.#encryptionKey = new Aes128Key(additionalKeyMaterial(options.integrityKey, 2));
    this.#remoteSessionId = options.remoteSessionId;
    this.#randomBytes = options.randomBytes;
  }

  /** The packet that carries `payload`, under the next sequence number. */
  seal(payloadType: number, payload: Uint8Array): Uint8Array {
    const pad = (AES_BLOCK_BYTES - ((payload.length + 1) % AES_BLOCK_BYTES)) % AES_BLOCK_BYTES;
    const payloadBytes = AES_BLOCK_BYTES + payload.length + pad + 1;
    const payloadEnd = RMCP_PLUS_HEADER_BYTES + payloadBytes;
    const integrityPad = -(payloadEnd - AUTHENTICATED_FROM + 2) & 3;
    const codeAt = payloadEnd + integrityPad + 2;
    // From Buffer's pool, every byte being written below: memory of its own for each packet costs more than sealing it.
    const packet = Buffer.allocUnsafe(codeAt + this.#codeBytes);

    this.#sent = this.#sent === 0xffffffff ? 1 : this.#sent + 1;
    writeRmcpPlusHeader(packet, {
      payloadType,
      isEncrypted: true,
      isAuthenticated: true,
      sessionId: this.#remoteSessionId,
      sequence: this.#sent,
      payloadBytes,
    });
    const dataAt = RMCP_PLUS_HEADER_BYTES + AES_BLOCK_BYTES;
    packet.set(this.#randomBytes(AES_BLOCK_BYTES), RMCP_PLUS_HEADER_BYTES);
    packet.set(payload, dataAt);
    for (let i = 1; i <= pad; i++) packet[dataAt + payload.length + i - 1] = i;
    packet[payloadEnd - 1] = pad;
    this.#encryptionKey.encryptCbc(packet, dataAt, payloadEnd);

    packet.fill(0xff, payloadEnd, payloadEnd + integrityPad);
    packet[codeAt - 2] = integrityPad;
    packet[codeAt - 1] = NEXT_HEADER;
    this.#authenticationKey.append(packet, AUTHENTICATED_FROM, codeAt, this.#codeBytes);
    return packet;
  }

  /**
   * The payload of a packet of this session, in the clear. `undefined` for what is not authentic, not encrypted, has
   * been seen before, or is padded wrongly; nothing of the session changes then.
   */
  open(packet: Uint8Array, header: RmcpPlusHeader): Uint8Array | undefined {
    const { payloadBytes } = header;
    if (!header.isAuthenticated || !header.isEncrypted || !this.#isAuthentic(packet, header)) return undefined;
    if (payloadBytes < 2 * AES_BLOCK_BYTES || payloadBytes % AES_BLOCK_BYTES !== 0) return undefined;
    const clear = this.#encryptionKey.decryptCbc(packet, RMCP_PLUS_HEADER_BYTES, payloadBytes);
    const pad = clear[clear.length - 1] ?? 0;
    const end = clear.length - 1 - pad;
    if (pad >= AES_BLOCK_BYTES || end < 0) return undefined;
    return this.#received.take(header.sequence) ? clear.subarray(0, end) : undefined;
  }

  #isAuthentic(packet: Uint8Array, header: RmcpPlusHeader): boolean {
    const payloadEnd = RMCP_PLUS_HEADER_BYTES + header.payloadBytes;
    const codeAt = packet.length - this.#codeBytes;
    const trailerBytes = codeAt - payloadEnd;
    if (trailerBytes < 2 || packet[codeAt - 1] !== NEXT_HEADER || packet[codeAt - 2] !== trailerBytes - 2) return false;
    return this.#authenticationKey.isAppended(packet, AUTHENTICATED_FROM, codeAt, this.#codeBytes);
  }
}
