import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startSession } from "../../infra/multicast/index.ts";
import { diskOf, loadScene } from "./support/load-scene.ts";

test("three machines get the image by one session, and each writes it byte for byte", async (t) => {
  const { lab, server, served, image, power, folder } = await loadScene(t, { machines: 3, subnet: 14 });
  const imageFile = join(folder, "base.zst");
  await writeFile(imageFile, image.file);
  const session = startSession(
    { interface: lab.bridge.name, giveUpS: 240, joinWindowS: 60 },
    { imageFile, receivers: 3 },
  );
  t.after(() => session.stop());
  served.transport = session.channel;
  await Promise.all(
    lab.nodes.map(async (node) => {
      const disk = new Promise<Buffer>((resolve) => {
        node.onGuestReset = async () => resolve(await diskOf(node, image.raw.length));
      });
      await power(node, "power-on");
      assert.ok((await disk).equals(image.raw), `${node.name} holds the image`);
    }),
  );
  const end = await session.ended;
  assert.equal(end.outcome, "sent");
  assert.deepEqual(
    end.joined.toSorted(),
    lab.nodes.map(({ address }) => address),
  );
  assert.deepEqual(
    server.requests.filter((request) => request.endsWith("/data")),
    [],
  );
});
