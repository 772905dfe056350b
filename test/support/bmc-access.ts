import type { BmcAccess, ExchangeEnd } from "../../infra/power/index.ts";

/** Leave for any BMC, at any time, with one password. `ends` takes down how the exchanges ended. */
export function leaveWith(password: string, ends: ExchangeEnd[] = []): BmcAccess {
  const ended = async (end: ExchangeEnd) => void ends.push(end);
  return {
    ask: async () => ({ ok: true, password, ended, resume: () => true, keep: () => undefined }),
    release: () => undefined,
  };
}

/** No leave at all, as where no password is recorded. */
export const noLeave: BmcAccess = {
  ask: async ({ node }) => ({
    ok: false,
    reason: "bmc-credentials-missing",
    detail: `${node}: no password is recorded for its BMC`,
  }),
  release: () => undefined,
};
