// Follows a machine's console and keeps its last kilobytes, to be shown when its boot fails.

import type { SolConsole } from "../index.ts";

/** Reads until the console ends or `signal` aborts; resolves with the last `keepBytes` bytes. */
export async function captureConsole(
  console: SolConsole,
  options: { readonly keepBytes: number; readonly signal: AbortSignal },
): Promise<string> {
  const close = () => void console.close();
  options.signal.addEventListener("abort", close, { once: true });
  let tail = Buffer.alloc(0);
  for await (const bytes of console) tail = Buffer.concat([tail, bytes]).subarray(-options.keepBytes);
  return tail.toString();
}
