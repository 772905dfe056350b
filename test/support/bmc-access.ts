import type { BmcAccess, ExchangeEnd } from "../../infra/power/index.ts";

/** Leave for any BMC, at any time, with one password. `ends` takes down how the exchanges ended. */
export function leaveWith(password: string, ends: ExchangeEnd[] = []): BmcAccess {
  return async () => ({ ok: true, password, ended: async (end) => void ends.push(end) });
}

/** No leave at all, as where no password is recorded. */
export const noLeave: BmcAccess = async ({ node }) => ({
  ok: false,
  reason: "bmc-credentials-missing",
  detail: `${node}: no password is recorded for its BMC`,
});
