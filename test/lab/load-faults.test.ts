import assert from "node:assert/strict";
import { test } from "node:test";
import { diskOf, loadScene } from "./support/load-scene.ts";
import { chunkBytes } from "./support/small-image.ts";

test("a machine whose power is cut in mid-write cannot boot, and loads when it is next powered on", async (t) => {
  const { lab, server, served, image, power } = await loadScene(t, { machines: 1, subnet: 12 });
  const [node] = lab.nodes;
  assert.ok(node);
  served.stallAfterBytes = image.file.length - 100_000;
  const progress = server.progress(node.name);
  await power(node, "power-on");
  await progress;
  await power(node, "power-off");
  assert.ok((await diskOf(node, chunkBytes)).equals(Buffer.alloc(chunkBytes)));

  delete served.stallAfterBytes;
  const done = server.report(node.name, "RELOADDONE");
  const disk = new Promise<Buffer>((resolve) => {
    node.onGuestReset = async () => resolve(await diskOf(node, image.raw.length));
  });
  await power(node, "power-on");
  await done;
  assert.ok((await disk).equals(image.raw));
});

test("a machine refuses an image whose bytes are not the signed ones, and what it has written does not boot", async (t) => {
  const { lab, server, served, image, power } = await loadScene(t, { machines: 1, subnet: 13 });
  const [node] = lab.nodes;
  assert.ok(node);
  served.file = Buffer.from(image.file);
  served.file[served.file.length >> 1]! ^= 1;
  const failed = server.report(node.name, "TBFAILED");
  await power(node, "power-on");
  const { failure, detail } = await failed;
  assert.deepEqual([failure, detail], ["hash-mismatch", "1 chunks of base came otherwise than signed"]);
  assert.ok((await diskOf(node, chunkBytes)).equals(Buffer.alloc(chunkBytes)));
  assert.ok(server.requests.includes(`${node.name} POST /v1/log`));
});
