import { runProgram } from "../program/index.ts";

/** Why udp-sender cannot be started, as where udpcast is not installed; undefined if it can. */
export async function whyNoSender(): Promise<string | undefined> {
  const limits = { timeoutMs: 10_000, signal: new AbortController().signal };
  const end = await runProgram(["udp-sender", "--help"], limits);
  return end.outcome === "could-not-start" ? end.detail : undefined;
}
