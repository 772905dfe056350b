import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { test } from "node:test";
import type { LabNode } from "../../infra/lab/index.ts";
import { until } from "../infra/simulator/support/until.ts";
import { databaseServer } from "../support/database.ts";
import { diskAtReset, diskOf, loadScene } from "./support/load-scene.ts";

const databases = databaseServer();
const diskBytes = 4_000_000_000;
/** An emulated machine on a busy one takes its time. */
const patienceMs = 300_000;

// Three at once: two of them wait for a minute, and leave the processors to the third.
test("a machine whose load cannot go its usual way", { concurrency: true }, async (t) => {
  const { lab, raw, arm, power, state, progress } = await loadScene(t, databases, {
    ...{ machines: 3, subnet: 16, diskBytes },
  });
  const [unplugged, alone, small] = lab.nodes as [LabNode, LabNode, LabNode];

  await Promise.all([
    t.test("says that it had no link as soon as it can say anything, and writes nothing", async () => {
      await arm(unplugged);
      await power(unplugged, "power-on");
      await consoleSays(unplugged, "/v1/ramdisk... ok");
      await unplugged.setLink(false);
      await consoleSays(unplugged, "no link on eth0 within 30 seconds");
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
      const before = await fillEnds(small);
      await arm(small, { rawBytes: 5_000_000_000 });
      const failed = state(small, "TBFAILED");
      await power(small, "power-on");
      const { failure, detail } = await failed;
      assert.deepEqual([failure, detail], ["short-disk", `base has 5000000000 bytes, and /dev/vda ${diskBytes}`]);
      assert.ok((await diskOf(small, before.length)).equals(before));
      assert.ok((await diskOf(small, before.length, diskBytes - before.length)).equals(before));
    }),
  ]);
});

async function consoleSays({ consoleFile }: LabNode, text: string): Promise<void> {
  const hasSaid = async () => (await readFile(consoleFile, "latin1").catch(() => "")).includes(text);
  await until(`the console says '${text}'`, hasSaid, patienceMs);
}

/** Writes the same to both ends of a node's disk, where partition tables and boot loaders lie; says what. */
async function fillEnds({ diskFile }: LabNode): Promise<Buffer> {
  const bytes = randomBytes(1024 * 1024);
  const file = await open(diskFile, "r+");
  await file.write(bytes, 0, bytes.length, 0);
  await file.write(bytes, 0, bytes.length, diskBytes - bytes.length);
  await file.close();
  return bytes;
}
