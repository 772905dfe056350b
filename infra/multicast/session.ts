import { access, constants } from "node:fs/promises";
import { createInterface } from "node:readline";
import { type GuardedProcess, spawnGuarded } from "../embedded/index.ts";
import { type Channel, newChannel } from "./channel.ts";
import { type SenderSettings, senderArguments } from "./sender-arguments.ts";
import { type SenderLine, parseSenderLine } from "./sender-line.ts";

/** How a session ended. It says what was sent, not what arrived: that the nodes say, who check it. */
export type SessionEnd = SessionReceivers &
  (
    | { readonly outcome: "sent" | "nobody-joined" | "stopped" }
    /** udp-sender is missing, or gave up: the end of what it said. */
    | { readonly outcome: "failed"; readonly detail: string }
  );

/** IPv4 addresses, in the order in which they joined; those dropped had not answered for 20 tries. */
export interface SessionReceivers {
  readonly joined: readonly string[];
  readonly dropped: readonly string[];
}

export type SessionEvent =
  | { readonly kind: "joined" | "dropped"; readonly address: string }
  /** Nobody can join any more. */
  | { readonly kind: "started" };

export interface MulticastSession {
  /** What the nodes are told. */
  readonly channel: Channel;
  readonly ended: Promise<SessionEnd>;
  /** Ends the sending at once; the receivers notice by their own time-out. Repeating it waits for the same end. */
  stop(): Promise<SessionEnd>;
}

export interface SessionOptions {
  /** The compressed image, as it is sent. */
  readonly imageFile: string;
  /** With so many joined, the sending begins. */
  readonly receivers: number;
  readonly onEvent?: (event: SessionEvent) => void;
}

const outputLines = 20;

/** Starts udp-sender. It ends with this process, kill -9 included: there is nothing to tidy up afterwards. */
export function startSession(settings: SenderSettings, options: SessionOptions): MulticastSession {
  const { imageFile, receivers, onEvent } = options;
  const channel = newChannel();
  const args = senderArguments(settings, { imageFile, channel, receivers });
  const stopping = new AbortController();
  // udp-sender opens it only when everybody has joined.
  const ended = access(imageFile, constants.R_OK).then(
    () => run(args, { signal: stopping.signal, onEvent }),
    (error: unknown): SessionEnd => ({ outcome: "failed", detail: String(error), joined: [], dropped: [] }),
  );
  return {
    channel,
    ended,
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

async function run(
  args: readonly string[],
  { signal, onEvent }: { readonly signal: AbortSignal; readonly onEvent: SessionOptions["onEvent"] },
): Promise<SessionEnd> {
  const joined: string[] = [];
  const dropped: string[] = [];
  const said: string[] = [];
  const seen = new Set<SenderLine["kind"]>();
  const take = (text: string): void => {
    const line = parseSenderLine(text);
    seen.add(line.kind);
    if (line.kind === "joined") joined.push(line.address);
    const address = line.kind === "dropped" ? (joined[line.index] ?? "unknown") : undefined;
    if (address !== undefined) dropped.push(address);
    if (line.kind === "joined") onEvent?.({ kind: "joined", address: line.address });
    else if (line.kind === "started") onEvent?.({ kind: "started" });
    else if (address !== undefined) onEvent?.({ kind: "dropped", address });
    else if (line.kind === "other" && text !== "") said.push(text);
    if (said.length > outputLines) said.shift();
  };

  let sender: GuardedProcess;
  try {
    sender = await spawnGuarded({ command: "udp-sender", args, credentials: {}, output: "pipe", orphanSignal: "KILL" });
  } catch (error) {
    return { outcome: "failed", detail: error instanceof Error ? error.message : String(error), joined, dropped };
  }
  const kill = (): void => sender.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  const reading = sender.output.map(async (stream) => {
    for await (const line of createInterface({ input: stream })) take(line);
  });
  const exit = await sender.exited;
  await Promise.all(reading);
  signal.removeEventListener("abort", kill);

  if (seen.has("completed")) return { outcome: "sent", joined, dropped };
  if (signal.aborted) return { outcome: "stopped", joined, dropped };
  if ("code" in exit && exit.code === 0 && joined.length === 0) return { outcome: "nobody-joined", joined, dropped };
  const how = "code" in exit ? `exit status ${exit.code}` : exit.signal;
  return { outcome: "failed", detail: [`udp-sender ended: ${how}`, ...said].join("\n"), joined, dropped };
}
