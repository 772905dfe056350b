import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createImageKey, signManifest } from "../../infra/images/index.ts";
import type { LabNode } from "../../infra/lab/index.ts";
import { until } from "../infra/simulator/support/until.ts";
import { databaseServer } from "../support/database.ts";
import { diskAtReset, diskOf, loadScene } from "./support/load-scene.ts";
import { sha256Of } from "./support/small-image.ts";

const databases = databaseServer();
const diskBytes = 4_000_000_000;
/** An emulated machine on a busy one takes its time. */
const patienceMs = 300_000;

// All at once: two of them wait for a minute, and leave the processors to the others.
test("a machine whose load cannot go its usual way", { concurrency: true }, async (t) => {
  const { lab, imageDir, raw, arm, power, state, progress } = await loadScene(t, databases, {
    ...{ machines: 4, subnet: 16, diskBytes },
  });
  const [unplugged, alone, small, deceived] = lab.nodes as [LabNode, LabNode, LabNode, LabNode];

  await Promise.all([
    t.test("says that it had no link as soon as it can say anything, and writes nothing", async () => {
      await arm(unplugged);
      await power(unplugged, "power-on");
      await consoleSays(unplugged, /\/v1\/ramdisk\.\.\.[^]*?\bok\b/);
      await unplugged.setLink(false);
      await consoleSays(unplugged, /no link on eth0 within 30 seconds/);
      const failed = state(unplugged, "TBFAILED");
      await unplugged.setLink(true);
      assert.equal((await failed).failure, "no-carrier");
      assert.ok((await diskOf(unplugged, raw.length)).equals(Buffer.alloc(raw.length)));
    }),

    t.test("fetches the image by HTTP when its multicast session never begins", async () => {
      await arm(alone, { transport: { kind: "multicast", group: "239.192.16.1", portBase: 20_016 } });
      const [told, done, disk] = [progress(alone), state(alone, "RELOADDONE"), diskAtReset(alone, raw.length)];
      await power(alone, "power-on");
      assert.equal((await told).transport, "http");
      await done;
      assert.ok((await disk).equals(raw));
    }),

    t.test("refuses an image of 5 GB for its disk of 4 GB, and what was on the disk stays there", async () => {
      const assertUntouched = await fillEnds(small);
      await arm(small, { rawBytes: 5_000_000_000 });
      const failed = state(small, "TBFAILED");
      await power(small, "power-on");
      const { failure, detail } = await failed;
      assert.deepEqual([failure, detail], ["short-disk", `base has 5000000000 bytes, and /dev/vda ${diskBytes}`]);
      await assertUntouched();
    }),

    t.test(
      "refuses an image that is signed with another site's key, and what was on the disk stays there",
      async () => {
        const assertUntouched = await fillEnds(deceived);
        const base = await readFile(join(imageDir, "base.manifest"), "utf8");
        const manifest = Buffer.from(base.replace(/^image base$/m, "image foreign"));
        await writeFile(join(imageDir, "foreign.manifest"), manifest);
        await writeFile(join(imageDir, "foreign.manifest.sig"), signManifest(createImageKey().privateKey, manifest));
        await arm(deceived, { image: "foreign", manifestSha256: sha256Of(manifest) });
        const failed = state(deceived, "TBFAILED");
        await power(deceived, "power-on");
        const { failure, detail } = await failed;
        assert.equal(failure, "signature-mismatch");
        assert.equal(detail, "the manifest of foreign is not signed with the key of this site");
        await assertUntouched();
      },
    ),
  ]);
});

async function consoleSays({ consoleFile }: LabNode, words: RegExp): Promise<void> {
  const hasSaid = async () => words.test(await readFile(consoleFile, "latin1").catch(() => ""));
  await until(`the console says ${words.source}`, hasSaid, patienceMs);
}

/** Fills both ends of a node's disk, where partition tables and boot loaders lie; gives what makes sure that they stay so. */
async function fillEnds(node: LabNode): Promise<() => Promise<void>> {
  const bytes = randomBytes(1024 * 1024);
  const ends = [0, diskBytes - bytes.length];
  const file = await open(node.diskFile, "r+");
  for (const position of ends) await file.write(bytes, 0, bytes.length, position);
  await file.close();
  return async () => {
    for (const position of ends) assert.ok((await diskOf(node, bytes.length, position)).equals(bytes));
  };
}
