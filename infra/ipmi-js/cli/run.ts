import { readFileSync } from "node:fs";
import type { Writable } from "node:stream";
import { createIpmiClient } from "../client/create-ipmi-client.ts";
import { type PowerArguments, USAGE, UsageError, parseCommandLine } from "./arguments.ts";
import { createBatchedLines } from "./batched-lines.ts";
import type { HostResult } from "./host-result.ts";
import { powerHost } from "./power-host.ts";

/** `interrupted`: as shells have it of SIGINT, 128 + 2. */
export const EXIT = { succeeded: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The world around the command line. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly version: () => string;
  /** Aborted to end early: nothing more is sent, sessions are closed, and each host's line says how far it came. */
  readonly signal: AbortSignal;
}

/** Runs one command line; resolves with its exit status. */
export async function run(surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  try {
    const command = parseCommandLine(surroundings.argv, surroundings.env);
    if (command.kind === "power") return await power(command, surroundings);
    stdout.write(command.kind === "help" ? USAGE : `${surroundings.version()}\n`);
    return EXIT.succeeded;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`ipmi-js: ${error.message}\n\n${USAGE}`);
    return EXIT.usage;
  }
}

async function power(command: PowerArguments, { env, stdout, signal }: Surroundings): Promise<number> {
  const { verb, deadlineMs, username, cipherSuite, quirks } = command;
  const password = readPassword(command.passwordFile, env);
  const client = createIpmiClient({ window: command.window, keepSessionMs: 0 });
  const lines = createBatchedLines(stdout);
  const interrupt = () => void client.close();
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  const results = await Promise.all(
    command.hosts.map(async ({ name, address, port }): Promise<HostResult> => {
      const target = { address, username, password, cipherSuite, quirks, ...(port !== undefined && { port }) };
      const result = await powerHost(client, target, { host: name, verb, deadlineMs });
      if (!command.isJson) lines.add(`${name}: ${result.text}`);
      return result;
    }),
  );
  const isAllDone = results.every(({ status }) => status === "succeeded");
  if (command.isJson) lines.add(JSON.stringify({ verb, code: isAllDone ? 0 : 1, results: results.map(toJson) }));
  await lines.end();
  await client.close();
  if (signal.aborted && !isAllDone) return EXIT.interrupted;
  return isAllDone ? EXIT.succeeded : EXIT.failed;
}

function toJson(result: HostResult): object {
  return { ...result, text: undefined };
}

function readPassword(file: string | undefined, env: NodeJS.ProcessEnv): string {
  if (file !== undefined) {
    try {
      return readFileSync(file, "utf8").split(/\r?\n/, 1)[0] ?? "";
    } catch (error) {
      throw new UsageError(`the password file can't be read: ${error instanceof Error ? error.message : file}`);
    }
  }
  const password = env["IPMI_PASSWORD"];
  if (password === undefined) {
    throw new UsageError("a password is missing; give --password-file F, or IPMI_PASSWORD in the environment");
  }
  return password;
}
