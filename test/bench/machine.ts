import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** The checkout's folder. */
export const root = new URL("../../", import.meta.url).pathname;

/** What the numbers below were measured on, and how busy it was at the start. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const load = loadavg().map((value) => value.toFixed(1));
  return (
    `${availableParallelism()} cores (${model}), ${memoryGiB} GiB, ${process.platform} ${process.arch}, ` +
    `Node ${process.version}; load at the start ${load.join(" ")}`
  );
}

/** Whether the bin runs the build or, because a source was written since, the source. */
export async function describeCode(): Promise<string> {
  const { isFresh } = (await import(`${root}infra/build/fingerprint.mjs`)) as { isFresh: (root: string) => boolean };
  return isFresh(root) ? "The bin runs the build." : "A source was written since the build: the bin runs the SOURCE.";
}
