import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { FleetProcessError } from "../errors.ts";
import type { Share, ShareOptions } from "../fleet/share.ts";
import { type ShareDeed, type ShareDeeds, type ShareReply, errorOf } from "./share-messages.ts";

/**
 * Nodes in a process of their own.
 *
 * @throws FleetProcessError when it ends before they are there; AddressUnavailableError when it lacks their addresses.
 */
export async function createForkedShare(options: ShareOptions): Promise<Share> {
  const child = forkFleetProcess();
  const exited = once(child, "exit").catch(() => undefined);
  const ask = createAsker(child);

  const close = async (): Promise<void> => {
    if (child.connected) await ask("close", null).catch(() => undefined);
    if (child.connected) child.disconnect();
    await exited;
  };
  try {
    const nodes = await ask("create", options);
    return {
      nodes,
      async start(bootUrl) {
        await ask("start", bootUrl);
      },
      journal: (name) => ask("journal", name),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs what this file is: source through tsx, or compiled code. */
function forkFleetProcess(): ChildProcess {
  const extension = extname(import.meta.url);
  const program = fileURLToPath(new URL("./fleet-process.ts", import.meta.url)).replace(/\.ts$/, extension);
  return fork(program, {
    execArgv: extension === ".ts" ? sourceArguments() : [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** What Node runs source by: infra/load-packages.mjs says why it comes first. */
function sourceArguments(): string[] {
  const packages = new URL("../../load-packages.mjs", import.meta.url).href;
  return ["--import", packages, "--import", import.meta.resolve("tsx")];
}

type Asker = <D extends ShareDeed>(deed: D, asked: ShareDeeds[D]["asked"]) => Promise<ShareDeeds[D]["answered"]>;

/** Pairs requests with replies by number; when the process ends, whoever still waits is told. */
function createAsker(child: ChildProcess): Asker {
  const waiting = new Map<number, (reply: ShareReply | FleetProcessError) => void>();
  let lastId = 0;

  child.on("message", (reply: ShareReply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  const fail = (detail: string): void => {
    const gone = new FleetProcessError(detail);
    for (const settle of waiting.values()) settle(gone);
    waiting.clear();
  };
  child.on("error", (error) => fail(error.message));
  child.on("exit", (code, signal) => fail(`it ended with ${signal ?? `status ${String(code)}`}`));

  return (deed, asked) =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1);
      const settle = (reply: ShareReply | FleetProcessError): void => {
        if (reply instanceof FleetProcessError) reject(reply);
        else if (reply.kind === "failed") reject(errorOf(reply.failure));
        // What comes over the channel was sent by `serve-share.ts` of this very version.
        else resolve(reply.answered as ShareDeeds[typeof deed]["answered"]);
      };
      waiting.set(id, settle);
      child.send({ id, deed, asked }, (error) => {
        if (error && waiting.delete(id)) reject(new FleetProcessError(error.message));
      });
    });
}
