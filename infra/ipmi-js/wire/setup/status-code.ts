/** RMCP+ and RAKP message status codes, IPMI 2.0 table 13-15. */
export const SETUP_STATUS = {
  ok: 0x00,
  insufficientResources: 0x01,
  invalidSessionId: 0x02,
  invalidPayloadType: 0x03,
  invalidAuthenticationAlgorithm: 0x04,
  invalidIntegrityAlgorithm: 0x05,
  noMatchingAuthenticationPayload: 0x06,
  noMatchingIntegrityPayload: 0x07,
  inactiveSessionId: 0x08,
  invalidRole: 0x09,
  unauthorizedRole: 0x0a,
  insufficientResourcesForRole: 0x0b,
  invalidNameLength: 0x0c,
  unauthorizedName: 0x0d,
  unauthorizedGuid: 0x0e,
  invalidIntegrityCheck: 0x0f,
  invalidConfidentialityAlgorithm: 0x10,
  noCipherSuiteMatch: 0x11,
  illegalParameter: 0x12,
} as const;

/** What a refused session set-up means to its caller. */
export type SetupRefusal = "no-slot" | "cipher-suite" | "privilege" | "user" | "start-over" | "other";

/** Maps a status code other than 0 to what the caller can do about it. */
export function classifySetupStatus(status: number): SetupRefusal {
  switch (status) {
    case SETUP_STATUS.insufficientResources:
    case SETUP_STATUS.insufficientResourcesForRole:
      return "no-slot";
    case SETUP_STATUS.invalidAuthenticationAlgorithm:
    case SETUP_STATUS.invalidIntegrityAlgorithm:
    case SETUP_STATUS.noMatchingAuthenticationPayload:
    case SETUP_STATUS.noMatchingIntegrityPayload:
    case SETUP_STATUS.invalidConfidentialityAlgorithm:
    case SETUP_STATUS.noCipherSuiteMatch:
      return "cipher-suite";
    case SETUP_STATUS.invalidRole:
    case SETUP_STATUS.unauthorizedRole:
      return "privilege";
    case SETUP_STATUS.invalidNameLength:
    case SETUP_STATUS.unauthorizedName:
      return "user";
    case SETUP_STATUS.invalidSessionId:
    case SETUP_STATUS.inactiveSessionId:
    case SETUP_STATUS.invalidIntegrityCheck:
      return "start-over";
    default:
      return "other";
  }
}
