import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DirectoryInUseError, lockDirectory } from "../../../../infra/embedded/index.ts";
import { readProcessBirth } from "../../../../infra/embedded/process/process-birth.ts";
import { scratchFolder } from "../support/scratch.ts";

test("of many who want it at once exactly one gets it", async (t) => {
  const dir = scratchFolder(t);
  const results = await Promise.allSettled(Array.from({ length: 20 }, async () => lockDirectory(dir)));
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
  for (const result of results)
    if (result.status === "rejected") assert.ok(result.reason instanceof DirectoryInUseError);
  assert.deepEqual(readdirSync(dir), ["lock.1"]);
});

test("a released directory can be taken again", async (t) => {
  const dir = join(scratchFolder(t), "made");
  await (await lockDirectory(dir)).release();
  await using lock = await lockDirectory(dir);
  assert.equal(lock.directory, dir);
});

const abandoned = {
  "a pid that is nobody's": JSON.stringify({ pid: 2 ** 30, born: "x" }),
  "a pid that is somebody else's now": JSON.stringify({ pid: process.ppid, born: "in another life" }),
  "half a file": "{",
  "an empty file": "",
};
for (const [what, text] of Object.entries(abandoned)) {
  test(`a lock left with ${what} is taken over, by one alone`, async (t) => {
    const dir = scratchFolder(t);
    writeFileSync(join(dir, "lock.3"), text);
    const results = await Promise.allSettled(Array.from({ length: 10 }, async () => lockDirectory(dir)));
    const locks = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    assert.equal(locks.length, 1);
    assert.deepEqual(readdirSync(dir), ["lock.4"]);
  });
}

test("another living process is named", async (t) => {
  const dir = scratchFolder(t);
  writeFileSync(join(dir, "lock.3"), JSON.stringify(readProcessBirth(process.ppid)));
  await assert.rejects(lockDirectory(dir), { code: "directory-in-use", pid: process.ppid });
});
