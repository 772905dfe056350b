import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startSession } from "../../infra/multicast/index.ts";
import { databaseServer } from "../support/database.ts";
import { diskAtReset, loadScene } from "./support/load-scene.ts";

const databases = databaseServer();

test("three machines get the image by one session, and each writes it byte for byte", async (t) => {
  const { lab, imageDir, raw, arm, power, state } = await loadScene(t, databases, { machines: 3, subnet: 14 });
  const settings = { interface: lab.bridge.name, giveUpS: 600, joinWindowS: 300 };
  const session = startSession(settings, { imageFile: join(imageDir, "base.zst"), receivers: 3 });
  t.after(() => session.stop());
  await Promise.all(
    lab.nodes.map(async (node) => {
      await arm(node, session.channel);
      const [done, disk] = [state(node, "RELOADDONE"), diskAtReset(node, raw.length)];
      await power(node, "power-on");
      await done;
      assert.ok((await disk).equals(raw), `${node.name} holds the image`);
    }),
  );
  const { outcome, joined } = await session.ended;
  assert.equal(outcome, "sent");
  assert.deepEqual(
    joined.toSorted(),
    lab.nodes.map(({ address }) => address),
  );
});
