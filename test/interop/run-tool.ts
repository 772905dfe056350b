import { execFile } from "node:child_process";

export interface ToolResult {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** This process's environment and `env`, its PATH widened by /usr/sbin, where Debian puts some of the tools. */
export function withSystemPath(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, ...env };
}

/** Runs a tool to its end; rejects only if it can't be started, or is killed. */
export function runTool(
  tool: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(tool, args, { env: withSystemPath(options.env) }, (error, stdout, stderr) => {
      const exitStatus = error === null ? 0 : error.code;
      if (typeof exitStatus === "number") resolve({ exitStatus, stdout, stderr });
      else reject(error ?? new Error(`${tool} was killed`));
    });
    child.stdin?.end(options.input ?? "");
  });
}
