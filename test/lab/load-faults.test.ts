import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { databaseServer } from "../support/database.ts";
import { diskAtReset, diskOf, loadScene } from "./support/load-scene.ts";

const databases = databaseServer();
const chunkBytes = 4 * 1024 * 1024;
const nothing = Buffer.alloc(chunkBytes);

test("a machine whose power is cut in mid-write cannot boot, and loads when it is next powered on", async (t) => {
  const { lab, raw, arm, power, state, progress } = await loadScene(t, databases, { machines: 1, subnet: 12 });
  const node = lab.nodes[0]!;
  await arm(node);
  const [loading, written] = [state(node, "RELOADING"), progress(node)];
  await power(node, "power-on");
  await loading;
  // Slow enough for the power to be cut before the end.
  await node.limitLink(16);
  await written;
  await power(node, "power-off");
  await node.limitLink(undefined);
  assert.ok((await diskOf(node, chunkBytes)).equals(nothing));

  const [done, disk] = [state(node, "RELOADDONE"), diskAtReset(node, raw.length)];
  await power(node, "power-on");
  await done;
  assert.ok((await disk).equals(raw));
});

test("a machine refuses an image whose bytes are not the signed ones, and what it has written does not boot", async (t) => {
  const { lab, imageDir, arm, power, state } = await loadScene(t, databases, { machines: 1, subnet: 13 });
  const node = lab.nodes[0]!;
  const file = join(imageDir, "base.zst");
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(file, bytes);
  await arm(node);
  const failed = state(node, "TBFAILED");
  await power(node, "power-on");
  const { failure, detail } = await failed;
  assert.deepEqual([failure, detail], ["hash-mismatch", "1 chunks of base came otherwise than signed"]);
  assert.ok((await diskOf(node, chunkBytes)).equals(nothing));
});
