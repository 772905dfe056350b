import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SimulatedNode } from "../../../../infra/simulator/index.ts";

export interface SshAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A key pair, and the system's ssh client with it: no prompts, host keys enforced. */
export interface SshLogin extends AsyncDisposable {
  readonly publicKey: string;
  run(node: SimulatedNode, command: string, options?: SshRunOptions): Promise<SshAnswer>;
}

export interface SshRunOptions {
  /** `root` by default. */
  readonly user?: string;
  /** The key that the client expects of the host; the node's by default. */
  readonly hostKey?: string;
  /** Seconds until the client gives up connecting. 5 by default. */
  readonly connectTimeoutS?: number;
}

export async function createSshLogin(): Promise<SshLogin> {
  const directory = await mkdtemp(join(tmpdir(), "reveille-ssh-"));
  const keyPath = join(directory, "key");
  await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", keyPath]);
  let runs = 0;
  return {
    publicKey: await readFile(`${keyPath}.pub`, "utf8"),
    async run(node, command, { user = "root", hostKey = node.sshHostKey, connectTimeoutS = 5 } = {}) {
      const knownHosts = join(directory, `known-hosts-${(runs += 1)}`);
      await writeFile(knownHosts, `[${node.address}]:${node.sshPort} ${hostKey}\n`);
      const settings = {
        BatchMode: "yes",
        StrictHostKeyChecking: "yes",
        UserKnownHostsFile: knownHosts,
        GlobalKnownHostsFile: "/dev/null",
        IdentitiesOnly: "yes",
        ConnectTimeout: connectTimeoutS,
      };
      const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
      const target = ["-p", String(node.sshPort), `${user}@${node.address}`, command];
      return runProgram("ssh", ["-F", "/dev/null", "-i", keyPath, ...options, ...target]);
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

function runProgram(program: string, args: readonly string[]): Promise<SshAnswer> {
  return new Promise((resolve) => {
    execFile(program, args, (error, stdout, stderr) => {
      const exitCode = typeof error?.code === "number" ? error.code : error ? -1 : 0;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
