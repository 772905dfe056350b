import { connect } from "node:net";
import { ProbeFailedError } from "./errors.ts";
import type { ProbeOptions } from "./port.ts";

/** By these codes the network or the node says no. Any other is our own trouble: no free descriptor, no such name. */
const noAnswerCodes: ReadonlySet<string | undefined> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ETIMEDOUT",
]);

/**
 * Whether a TCP connection is accepted in time; it is cut off at once, with nothing said.
 *
 * @throws ProbeFailedError, or the signal's reason once it is aborted.
 */
export function probeTcp(
  { address, port }: { readonly address: string; readonly port: number },
  { timeoutMs, signal }: ProbeOptions,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect({ host: address, port });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      socket.destroy();
      settle();
    };
    const abort = (): void => end(() => reject(signal.reason as Error));
    const timer = setTimeout(() => end(() => resolve(false)), timeoutMs);
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", () => end(() => resolve(true)));
    socket.once("error", (cause: NodeJS.ErrnoException) =>
      end(() => {
        if (noAnswerCodes.has(cause.code)) resolve(false);
        else reject(new ProbeFailedError(address, cause.message, { cause }));
      }),
    );
  });
}
