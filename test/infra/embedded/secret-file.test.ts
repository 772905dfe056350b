import assert from "node:assert/strict";
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SecretExposedError, readSecret, writeSecret } from "../../../infra/embedded/index.ts";
import { scratchFolder } from "./support/scratch.ts";

test("a secret is read back by its owner, from a file of mode 0600", async (t) => {
  const folder = scratchFolder(t);
  const path = join(folder, "a.seed");
  writeFileSync(path, "careless", { mode: 0o644 });
  await writeSecret(path, "s3cret");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(await readSecret(path), "s3cret");
  assert.deepEqual(readdirSync(folder), ["a.seed"]);
});

for (const mode of [0o640, 0o604, 0o620, 0o666]) {
  test(`a secret of mode ${mode.toString(8)} is refused`, async (t) => {
    const path = join(scratchFolder(t), "a.seed");
    await writeSecret(path, "s3cret");
    chmodSync(path, mode);
    await assert.rejects(readSecret(path), SecretExposedError);
  });
}
