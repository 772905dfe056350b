// Close Session, App 3Ch, IPMI 2.0 table 22-24.
//
//   request   0  BMC session ID (4)
//   response     no data; completion code 87h: no such session

import { readUint32, writeUint32 } from "../../wire/little-endian.ts";
import { type Command, NETFN, NO_DATA, decodeNothing } from "../command.ts";

export const closeSession: Command<{ readonly bmcSessionId: number }, Record<string, never>> = {
  name: "Close Session",
  netFn: NETFN.app,
  command: 0x3c,
  privilege: "callback",
  encodeRequest({ bmcSessionId }) {
    const data = new Uint8Array(4);
    writeUint32(data, 0, bmcSessionId);
    return data;
  },
  decodeRequest: (data) => (data.length < 4 ? undefined : { bmcSessionId: readUint32(data, 0) }),
  encodeResponse: () => NO_DATA,
  decodeResponse: decodeNothing,
};
