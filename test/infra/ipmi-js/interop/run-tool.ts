import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** Where a tool is, for `skip`: `false`, or the reason why its tests can't run. */
export function missingTool(tool: string): string | false {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.some((folder) => isExecutable(join(folder, tool)))
    ? false
    : `${tool} is not installed; install it to run this test`;
}

export interface ToolResult {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a tool to its end, with its environment's PATH widened by /usr/sbin; rejects only if it can't be started. */
export function runTool(
  tool: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<ToolResult> {
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, ...options.env };
  return new Promise((resolve, reject) => {
    const child = execFile(tool, args, { env }, (error, stdout, stderr) => {
      const exitStatus = error === null ? 0 : error.code;
      if (typeof exitStatus === "number") resolve({ exitStatus, stdout, stderr });
      else reject(error ?? new Error(`${tool} was killed`));
    });
    child.stdin?.end(options.input ?? "");
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
