// Get Device ID, App 01h, IPMI 2.0 table 20-2. No request data. Response:
//
//    0  device ID
//    1  bits 0–3: device revision
//    2  bits 0–6: firmware major     bit 7: device is updating
//    3  firmware minor, BCD
//    4  IPMI version, BCD, least significant digit first (02h = 2.0)
//    5  additional device support    bit 7: chassis device
//    6  manufacturer ID, IANA number (3)
//    9  product ID (2)
//   11  auxiliary firmware revision (4, optional)

import { readUint16, writeUint16 } from "../../wire/little-endian.ts";
import { type Command, NETFN, NO_DATA, decodeNothing } from "../command.ts";

const MIN_BYTES = 11;
const CHASSIS_DEVICE = 0x80;

export interface DeviceId {
  readonly deviceId: number;
  readonly deviceRevision: number;
  /** `2.05`: major, minor in two digits. */
  readonly firmwareRevision: string;
  /** `2.0` or `1.5`. */
  readonly ipmiVersion: string;
  /** IANA private enterprise number of who made the BMC. */
  readonly manufacturerId: number;
  readonly productId: number;
}

export const getDeviceId: Command<Record<string, never>, DeviceId> = {
  name: "Get Device ID",
  netFn: NETFN.app,
  command: 0x01,
  privilege: "user",
  encodeRequest: () => NO_DATA,
  decodeRequest: decodeNothing,
  encodeResponse(device) {
    const [major = "0", minor = "0"] = device.firmwareRevision.split(".");
    const [ipmiMajor = "2", ipmiMinor = "0"] = device.ipmiVersion.split(".");
    const data = new Uint8Array(MIN_BYTES + 4);
    data[0] = device.deviceId;
    data[1] = device.deviceRevision & 0x0f;
    data[2] = Number(major) & 0x7f;
    data[3] = Number.parseInt(minor, 16);
    data[4] = (Number(ipmiMinor) << 4) | Number(ipmiMajor);
    data[5] = CHASSIS_DEVICE;
    writeUint16(data, 6, device.manufacturerId);
    data[8] = device.manufacturerId >>> 16;
    writeUint16(data, 9, device.productId);
    return data;
  },
  decodeResponse(data) {
    if (data.length < MIN_BYTES) return undefined;
    const minor = (data[3] ?? 0).toString(16).padStart(2, "0");
    const version = data[4] ?? 0;
    return {
      deviceId: data[0] ?? 0,
      deviceRevision: (data[1] ?? 0) & 0x0f,
      firmwareRevision: `${(data[2] ?? 0) & 0x7f}.${minor}`,
      ipmiVersion: `${version & 0x0f}.${version >> 4}`,
      manufacturerId: readUint16(data, 6) | ((data[8] ?? 0) << 16),
      productId: readUint16(data, 9),
    };
  },
};
