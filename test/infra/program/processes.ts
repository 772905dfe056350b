import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProgramOutcome } from "../../../infra/program/index.ts";

/** The process id that a program printed. */
export function pidIn(end: ProgramOutcome): number {
  assert.ok(end.outcome !== "could-not-start");
  const pid = Number(end.stdout.trim());
  assert.ok(pid > 1, `no pid in ${JSON.stringify(end)}`);
  return pid;
}

/** Waits until a process that is not our child has ended; a zombie has. Fails after ten seconds. */
export async function endOfProcess(pid: number): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (await isRunning(pid)) {
    assert.ok(performance.now() < giveUpAt, `process ${pid} still runs`);
    await sleep(5);
  }
}

async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    return !state.includes(") Z ");
  } catch {
    return false;
  }
}
