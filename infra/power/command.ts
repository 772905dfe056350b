/**
 * Power by a program of the operator's: a PDU's client, a script, a hypervisor's tool. Its exit status 0 means done; any
 * other means that it did not happen, and is the program's word. A program that is killed because its time is up, or
 * because it is called off, may have done its work: the outcome is unknown.
 *
 * The program starts before `sendBeforeMs` or not at all. When it acts after that is up to the program.
 */
import { type ProgramOutcome, runProgram } from "../program/index.ts";
import type { CommandPower } from "./config.ts";
import type { OwnedPowerDriver, PowerFailure, PowerOptions, PowerTarget } from "./port.ts";

type Action = keyof CommandPower["argv"];

export function createCommandPower(): OwnedPowerDriver<CommandPower> {
  return {
    takesEffect: true,
    supports: ({ power }, command) => power.argv[command] !== undefined,

    async prepare(_target, { signal }) {
      signal.throwIfAborted();
      return { ok: true };
    },

    async read(target, options) {
      options.signal.throwIfAborted();
      const argv = argvOf(target, "status");
      if (!argv) return notConfigured(target, "status");
      const end = await runProgram(argv, limitsOf(options));
      if (end.outcome === "aborted") options.signal.throwIfAborted();
      if (end.outcome !== "exited" || end.status !== 0) return failureOf(target, "status", end);
      const state = end.stdout.trim().toLowerCase();
      if (state === "on" || state === "off") return { ok: true, state };
      return commandFailed(`${target.node}: power status printed neither on nor off: ${excerptOf(end.stdout)}`);
    },

    async fire(target, command, options) {
      const argv = argvOf(target, command);
      if (!argv) return notConfigured(target, command);
      const latestMs = Math.min(options.sendBeforeMs, options.deadlineMs);
      if (options.signal.aborted || performance.now() >= latestMs) return { ok: true, outcome: "not-sent" };
      const end = await runProgram(argv, limitsOf(options));
      switch (end.outcome) {
        case "exited":
          return end.status === 0 ? { ok: true, outcome: "accepted" } : failureOf(target, command, end);
        case "could-not-start":
          return failureOf(target, command, end);
        case "killed":
        case "timed-out":
        case "aborted":
          return { ok: true, outcome: "unknown" };
      }
    },

    release: () => undefined,

    async [Symbol.asyncDispose]() {
      // Each program belongs to the call that started it; nothing is held open.
    },
  };
}

function argvOf({ node, power }: PowerTarget<CommandPower>, action: Action): [string, ...string[]] | undefined {
  const [program, ...args] = power.argv[action] ?? [];
  return program ? [program, ...args.map((arg) => (arg === "{node}" ? node : arg))] : undefined;
}

function limitsOf({ deadlineMs, signal }: PowerOptions): { timeoutMs: number; signal: AbortSignal } {
  return { timeoutMs: Math.max(0, deadlineMs - performance.now()), signal };
}

function notConfigured({ node }: PowerTarget, action: Action): PowerFailure {
  return { ok: false, reason: "power-not-controllable", detail: `${node}: no program is configured for ${action}` };
}

function commandFailed(detail: string): PowerFailure {
  return { ok: false, reason: "power-command-failed", detail };
}

function failureOf({ node }: PowerTarget, action: Action, end: ProgramOutcome): PowerFailure {
  const deed = `${node}: the program for power ${action}`;
  switch (end.outcome) {
    case "exited":
      return commandFailed(`${deed} exited with ${end.status}: ${excerptOf(end.stderr.trim() || end.stdout)}`);
    case "killed":
      return commandFailed(`${deed} was killed by ${end.signal}`);
    case "could-not-start":
      return commandFailed(`${deed} could not start: ${end.detail}`);
    case "timed-out":
    case "aborted":
      return commandFailed(`${deed} did not end within its time`);
  }
}

/** What a program printed, fit for one line of a result. */
function excerptOf(output: string): string {
  const line = output.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return line === "" ? "it printed nothing" : line.slice(0, 200);
}
