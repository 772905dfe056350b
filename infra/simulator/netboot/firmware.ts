import { setTimeout as pause } from "node:timers/promises";
import type { FaultName } from "../faults.ts";
import type { Journal } from "../machine/journal.ts";
import { type ScriptDeed, readScript } from "./ipxe-script.ts";
import { type NodeAnswer, askFrom } from "./node-http.ts";

/** What a machine boots, once its firmware knows. */
export type BootChoice =
  /** With `isRecorded`, the boot agent told it so, and knows by itself that the machine boots. */
  { readonly kind: "disk"; readonly isRecorded: boolean } | Extract<ScriptDeed, { kind: "loader" }>;

/** What runs on a machine before any kernel: the network boot. */
export interface Firmware {
  /** Asks the boot agent, and waits if it is told to. @throws AbortError when the machine goes down. */
  choose(signal: AbortSignal): Promise<BootChoice>;
}

export interface FirmwareOptions {
  readonly address: string;
  readonly mac: string;
  readonly faults: ReadonlySet<FaultName>;
  readonly journal: Journal;
  /** The boot agent's base URL, once there is one. */
  readonly bootUrl: () => string | undefined;
}

/** As the boot agent's first script has it, in the times of a machine that boots in seconds. */
const maxTries = 12;
const retryPauseMs = 500;
/** The boot agent holds a question for 25 s. */
const heldForMs = 40_000;

const ownDisk: BootChoice = { kind: "disk", isRecorded: false };

export function createFirmware({ address, mac, faults, journal, bootUrl }: FirmwareOptions): Firmware {
  let hasFallenOff = false;

  async function follow(first: URL, signal: AbortSignal): Promise<BootChoice> {
    let url = first;
    for (let failures = 0; failures < maxTries;) {
      const answer = await ask(address, url, signal);
      if (answer === "nobody" && url === first) return ownDisk;
      if (answer === "nobody" || answer.status === 429 || answer.status >= 500) {
        failures += 1;
        await pause(retryPauseMs, undefined, { signal });
        continue;
      }
      const deed = answer.status === 200 ? readScript(answer.body.toString(), mac) : undefined;
      if (deed?.kind !== "chain") return choiceOf(deed);
      failures = 0;
      const isWaiting = url.pathname === "/v1/wait";
      url = new URL(deed.url);
      if (url.pathname === "/v1/wait" && !isWaiting) journal.add({ kind: "script", boot: "wait" });
    }
    return ownDisk;
  }

  function choiceOf(deed: Exclude<ScriptDeed, { kind: "chain" }> | undefined): BootChoice {
    if (!deed) return ownDisk;
    journal.add({ kind: "script", boot: deed.kind });
    if (deed.kind === "disk") return { kind: "disk", isRecorded: true };
    if (!faults.has("falls-off-reload") || hasFallenOff) return deed;
    hasFallenOff = true;
    return { kind: "disk", isRecorded: true };
  }

  return {
    async choose(signal) {
      const url = bootUrl();
      return url === undefined ? ownDisk : follow(new URL("/boot.ipxe", url), signal);
    },
  };
}

async function ask(address: string, url: URL, signal: AbortSignal): Promise<NodeAnswer | "nobody"> {
  try {
    return await askFrom(address, url, { signal, ...(url.pathname === "/v1/wait" ? { heldForMs } : {}) });
  } catch {
    signal.throwIfAborted();
    return "nobody";
  }
}
