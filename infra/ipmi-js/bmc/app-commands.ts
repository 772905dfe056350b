import { closeSession } from "../commands/app/close-session.ts";
import { getChannelAuthenticationCapabilities } from "../commands/app/get-channel-authentication-capabilities.ts";
import { cipherSuiteRecords, getChannelCipherSuites } from "../commands/app/get-channel-cipher-suites.ts";
import { type DeviceId, getDeviceId } from "../commands/app/get-device-id.ts";
import { setSessionPrivilegeLevel } from "../commands/app/set-session-privilege-level.ts";
import { privilegeNumber } from "../wire/privilege-level.ts";
import type { SessionSlots } from "./bmc-session.ts";
import { type CommandHandler, answering, answeringAnybody } from "./command-answer.ts";
import type { SetUpContext } from "./set-up-answers.ts";

const LAN_CHANNEL = 1;
const ABOVE_USERS_LIMIT = 0x81;
const NO_SUCH_SESSION = 0x87;

/** The BMC's application commands: identity and sessions. */
export function appCommands(
  context: Pick<SetUpContext, "kg" | "cipherSuites" | "quirks">,
  deviceId: DeviceId,
  slots: SessionSlots,
): readonly CommandHandler[] {
  return [
    answeringAnybody(getChannelAuthenticationCapabilities, () => ({
      channel: LAN_CHANNEL,
      isIpmi20Supported: !context.quirks.includes("authcap"),
      isKgSet: context.kg !== undefined,
    })),
    answeringAnybody(getChannelCipherSuites, ({ listIndex }) => ({
      channel: LAN_CHANNEL,
      chunk: cipherSuiteRecords(context.cipherSuites, listIndex),
    })),
    answering(getDeviceId, () => deviceId),
    answering(setSessionPrivilegeLevel, ({ privilege }, session) => {
      const limit = session.keys?.user.privilege ?? "administrator";
      if (privilege !== undefined && privilegeNumber(privilege) > privilegeNumber(limit)) return ABOVE_USERS_LIMIT;
      session.privilege = privilege ?? session.privilege;
      return { privilege: session.privilege };
    }),
    answering(closeSession, ({ bmcSessionId }, session) => {
      if (bmcSessionId !== session.bmcSessionId) return NO_SUCH_SESSION;
      slots.delete(session);
      return {};
    }),
  ];
}
