import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { createHostKey } from "../../../../infra/simulator/ssh/host-key.ts";

test("ssh-keygen reads the private file, and finds the same public key in it", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "reveille-host-key-"));
  t.after(() => rm(directory, { recursive: true }));
  const hostKey = createHostKey(new Uint8Array(32).fill(7));
  const path = join(directory, "key");
  await writeFile(path, hostKey.privateFile(), { mode: 0o600 });

  const { stdout } = await promisify(execFile)("ssh-keygen", ["-y", "-f", path]);

  assert.equal(stdout.trim(), hostKey.publicLine);
});

test("the same secret gives the same key, another gives another", () => {
  const lineOf = (fill: number): string => createHostKey(new Uint8Array(32).fill(fill)).publicLine;

  assert.equal(lineOf(1), lineOf(1));
  assert.notEqual(lineOf(1), lineOf(2));
});
