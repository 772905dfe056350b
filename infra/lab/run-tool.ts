import { runProgram } from "../program/index.ts";
import { LabError } from "./errors.ts";

const timeoutMs = 120_000;
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Runs a tool of the system to its end and gives its standard output.
 *
 * @throws LabError with what it said, when it ends otherwise than well or takes more than two minutes.
 */
export async function runTool(
  program: string,
  args: readonly string[],
  options: { stdin?: string } = {},
): Promise<string> {
  // Administrators' tools are not on everybody's path.
  const command = ["/usr/bin/env", `PATH=${systemPath}`, program, ...args] as const;
  const end = await runProgram(command, { timeoutMs, signal: new AbortController().signal, ...options });
  if (end.outcome === "exited" && end.status === 0) return end.stdout;
  const how = end.outcome === "exited" ? `exit status ${end.status}` : end.outcome;
  const said = end.outcome === "could-not-start" ? end.detail : `${end.stderr}${end.stdout}`.trim();
  throw new LabError(`${program} ${args.join(" ")}: ${how}: ${said}`);
}
