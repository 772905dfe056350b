import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { text } from "node:stream/consumers";
import { createTextWriter } from "./output/text-writer.ts";
import type { Surroundings } from "./surroundings.ts";

// What hangs on after Ctrl-C (a connection being tried, a stdin being read) must not keep the operator.
const lettingGoMs = 1_000;

/** The surroundings of this process. What is heavy is imported when it is first needed. */
export function createProcessSurroundings(): Surroundings {
  return {
    stdout: createTextWriter(process.stdout),
    stderr: createTextWriter(process.stderr),
    env: process.env,
    get canAsk() {
      return process.stdin.isTTY && process.stderr.isTTY;
    },
    async ask(message) {
      const { default: confirm } = await import("@inquirer/confirm");
      return confirm({ message, default: false }, { input: process.stdin, output: process.stderr });
    },
    readStdin: () => text(process.stdin),
    readFile: (path) => readFile(path, "utf8"),
    async ensureKey(path) {
      const { loadIdentity } = await import("../../bus/index.ts");
      if (existsSync(path)) return (await loadIdentity(path)).publicKey;
      const { createIdentity, writeSecret } = await import("../../infra/embedded/index.ts");
      const { seed, publicKey } = createIdentity();
      await writeSecret(path, `${seed}\n`);
      return publicKey;
    },
    async openBus({ contextFile, site }) {
      const { connect, findContext } = await import("../../bus/index.ts");
      const path = contextFile === undefined ? {} : { path: contextFile };
      const context = await findContext({ ...path, env: process.env, cwd: process.cwd(), home: homedir() });
      return connect(site === undefined ? context : { ...context, site });
    },
    newOpId: () => randomBytes(16).toString("hex"),
    onInterrupt(listener) {
      const interrupt = () => {
        listener();
        setTimeout(() => process.exit(), lettingGoMs).unref();
      };
      process.once("SIGINT", interrupt);
      return () => process.off("SIGINT", interrupt);
    },
    setExitStatus(status) {
      process.exitCode = status;
    },
  };
}
