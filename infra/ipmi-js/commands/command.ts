import type { PrivilegeLevel } from "../wire/privilege-level.ts";

/**
 * One IPMI command, both sides of it: the console encodes requests and decodes responses, the BMC the other way round.
 * A decoder returns `undefined` for bytes that are not such a message; it never throws. Response bytes are those after
 * the completion code.
 */
export interface Command<Request, Response> {
  /** As the specification names it. */
  readonly name: string;
  readonly netFn: number;
  readonly command: number;
  /** The least privilege that the specification wants for it (IPMI 2.0 appendix G). */
  readonly privilege: PrivilegeLevel;
  encodeRequest(request: Request): Uint8Array;
  decodeRequest(data: Uint8Array): Request | undefined;
  encodeResponse(response: Response): Uint8Array;
  decodeResponse(data: Uint8Array): Response | undefined;
}

/** Network functions, IPMI 2.0 table 5-1. */
export const NETFN = { chassis: 0x00, app: 0x06, transport: 0x0c } as const;

/** The request or the response of a command that carries no data. */
export const NO_DATA = new Uint8Array(0);

/** The decoder of a message that carries no data; more than it wants is not an error. */
export function decodeNothing(): Record<string, never> {
  return {};
}
