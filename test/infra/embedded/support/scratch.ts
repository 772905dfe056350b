import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createIdentity } from "../../../../infra/embedded/index.ts";
import { readProcessBirth } from "../../../../infra/embedded/process/process-birth.ts";
import type { NatsIdentity, NatsPermissions } from "../../../../infra/embedded/index.ts";

/** A folder of the test's own, removed when it ends. */
export function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "reveille-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Waits until a condition holds, asking every 20 ms. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await delay(20);
  }
}

/** A zombie that nobody has reaped yet is dead. */
export function isAlive(pid: number): boolean {
  return readProcessBirth(pid) !== undefined;
}

/** Somebody with a key of their own. */
export function newPerson(
  name: string,
  permissions: NatsPermissions,
): { readonly identity: NatsIdentity; readonly seed: string } {
  const { seed, publicKey } = createIdentity();
  return { identity: { name, publicKey, permissions }, seed };
}
