import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePresence } from "../../../../infra/ipmi-js/wire/asf-presence.ts";
import { decodeIpmi15Packet } from "../../../../infra/ipmi-js/wire/ipmi15-packet.ts";
import { decodeIpmiRequest, decodeIpmiResponse } from "../../../../infra/ipmi-js/wire/ipmi-message.ts";
import { decodeRmcpPlusHeader, payloadOf } from "../../../../infra/ipmi-js/wire/rmcp-plus.ts";
import { decodeOpenSessionRequest } from "../../../../infra/ipmi-js/wire/setup/open-session-request.ts";
import { decodeOpenSessionResponse } from "../../../../infra/ipmi-js/wire/setup/open-session-response.ts";
import { decodeRakp1 } from "../../../../infra/ipmi-js/wire/setup/rakp-1.ts";
import { decodeRakp2 } from "../../../../infra/ipmi-js/wire/setup/rakp-2.ts";
import { decodeRakp3 } from "../../../../infra/ipmi-js/wire/setup/rakp-3.ts";
import { decodeRakp4 } from "../../../../infra/ipmi-js/wire/setup/rakp-4.ts";
import { decodeSolPacket } from "../../../../infra/ipmi-js/wire/sol-packet.ts";
import { getDeviceId } from "../../../../infra/ipmi-js/commands/app/get-device-id.ts";
import { getChannelAuthenticationCapabilities } from "../../../../infra/ipmi-js/commands/app/get-channel-authentication-capabilities.ts";
import { setSessionPrivilegeLevel } from "../../../../infra/ipmi-js/commands/app/set-session-privilege-level.ts";
import { chassisControl } from "../../../../infra/ipmi-js/commands/chassis/chassis-control.ts";
import { decodeBootFlags } from "../../../../infra/ipmi-js/commands/chassis/boot-flags.ts";
import { getChassisStatus } from "../../../../infra/ipmi-js/commands/chassis/get-chassis-status.ts";
import { getSystemBootOptions } from "../../../../infra/ipmi-js/commands/chassis/get-system-boot-options.ts";
import { setSystemBootOptions } from "../../../../infra/ipmi-js/commands/chassis/set-system-boot-options.ts";
import { activatePayload } from "../../../../infra/ipmi-js/commands/payload/activate-payload.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { randomBytes } from "./mutate.ts";

const COMMANDS = [
  getDeviceId,
  getChannelAuthenticationCapabilities,
  setSessionPrivilegeLevel,
  chassisControl,
  getChassisStatus,
  getSystemBootOptions,
  setSystemBootOptions,
  activatePayload,
];

const PARSERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  decodePresence,
  decodeIpmi15Packet,
  decodeIpmiRequest,
  decodeIpmiResponse,
  decodeRmcpPlusHeader,
  decodeOpenSessionRequest,
  decodeOpenSessionResponse,
  decodeRakp1,
  decodeRakp2,
  decodeRakp3,
  decodeRakp4,
  decodeSolPacket,
  decodeBootFlags,
  ...COMMANDS.flatMap((command) => [command.decodeRequest.bind(command), command.decodeResponse.bind(command)]),
];

test("no parser throws, whatever the bytes", () => {
  const random = seededRandom(3);
  let parsed = 0;
  for (let n = 0; n < 3_000; n++) {
    const bytes = randomBytes(Math.floor(random() * 80), random);
    for (const parse of PARSERS) if (parse(bytes) !== undefined) parsed++;
  }
  assert.ok(parsed > 0, "nothing was ever parsed");
});

test("no parser throws for a message cut anywhere, nor one of nothing but a header's first bytes", () => {
  const random = seededRandom(4);
  const packet = Uint8Array.of(
    6,
    0,
    0xff,
    7,
    6,
    0xc0,
    ...randomBytes(8, random),
    0xff,
    0xff,
    ...randomBytes(60, random),
  );
  for (let length = 0; length <= packet.length; length++) {
    for (const parse of PARSERS) parse(packet.subarray(0, length));
  }
});

test("a payload length beyond the packet's end is no packet", () => {
  const packet = Uint8Array.of(6, 0, 0xff, 7, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 1, 2, 3, 4);
  assert.equal(decodeRmcpPlusHeader(packet), undefined);
  const whole = Uint8Array.of(...packet, 5);
  assert.deepEqual(payloadOf(whole, decodeRmcpPlusHeader(whole)!), Uint8Array.of(1, 2, 3, 4, 5));
});
