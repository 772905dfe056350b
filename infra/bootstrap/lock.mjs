import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SetupError, say } from "./say.mjs";

const PATIENCE_MS = 15 * 60_000;
const POLL_MS = 200;

/**
 * Waits until this process alone sets the checkout up, and returns the function that lets the next one.
 *
 * The highest of the files `lock.1`, `lock.2`, … names its owner's pid and start, or is empty once released. Who finds
 * its owner gone makes the next one, which only one can. The highest is never removed, so that a contender who was slow
 * to act on what it had read sees that it came too late.
 */
export async function lockSetup(root) {
  const folder = join(root, ".cache", "bootstrap");
  mkdirSync(folder, { recursive: true });
  const deadline = performance.now() + PATIENCE_MS;
  for (let told = 0; ;) {
    const attempt = tryLock(folder);
    if (attempt.unlock !== undefined) return attempt.unlock;
    if (attempt.owner !== told) say(`process ${attempt.owner} is setting this checkout up; waiting for it`);
    told = attempt.owner;
    if (performance.now() > deadline) throw new SetupError(`process ${told} is still at it: end it, then try again`);
    await delay(POLL_MS);
  }
}

function tryLock(folder) {
  const draft = writeDraft(folder, JSON.stringify({ pid: process.pid, born: readStart(process.pid) }));
  try {
    for (;;) {
      const [highest = 0] = listGenerations(folder);
      const owner = readOwner(join(folder, `lock.${highest}`));
      if (owner !== undefined) return { owner };
      const own = join(folder, `lock.${highest + 1}`);
      if (!linkUnlessTaken(draft, own)) continue;
      const [winner, ...lower] = listGenerations(folder);
      if (winner === highest + 1) {
        for (const generation of lower) rmSync(join(folder, `lock.${generation}`), { force: true });
        return { unlock: () => renameSync(writeDraft(folder, ""), own) };
      }
      rmSync(own, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDraft(folder, text) {
  const draft = join(folder, `draft.${randomBytes(6).toString("hex")}`);
  writeFileSync(draft, text);
  return draft;
}

function listGenerations(folder) {
  const generations = readdirSync(folder).map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? NaN));
  return generations.filter(Number.isSafeInteger).sort((a, b) => b - a);
}

/** The pid that a lock names, if exactly that process still runs. */
function readOwner(path) {
  try {
    const { pid, born } = JSON.parse(readFileSync(path, "utf8"));
    return born !== "" && readStart(pid) === born ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** When a process was started, so that another one with its pid is not taken for it; empty when it does not run. */
function readStart(pid) {
  if (process.platform !== "linux") {
    return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()}:${fields[19]}`;
  } catch {
    return "";
  }
}

function linkUnlessTaken(draft, path) {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}
