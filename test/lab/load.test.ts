import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseServer } from "../support/database.ts";
import { diskAtReset, loadScene } from "./support/load-scene.ts";

const databases = databaseServer();

test("two machines write the image byte for byte, boot it, and keep what they write", async (t) => {
  const { lab, raw, manifest, arm, power, state } = await loadScene(t, databases, { machines: 2, subnet: 11 });
  await Promise.all(
    lab.nodes.map(async (node) => {
      await arm(node);
      const [done, disk, up] = [state(node, "RELOADDONE"), diskAtReset(node, raw.length), state(node, "ISUP")];
      await power(node, "power-on");
      assert.deepEqual((await done).loaded, [{ image: "base", sha256: manifest.rawSha256 }]);
      assert.ok((await disk).equals(raw), `${node.name} holds the image`);
      const { bootId, reportedBy } = await up;
      assert.equal(reportedBy, "address");
      assert.equal(await read(node.address, "name"), "base");
      assert.equal(await read(node.address, "boots"), "1");

      const upAgain = state(node, "ISUP");
      await power(node, "hard-reset");
      assert.notEqual((await upAgain).bootId, bootId);
      assert.equal(await read(node.address, "boots"), "2");
    }),
  );
});

/** A file that the system on a node's disk serves. */
async function read(address: string, file: string): Promise<string> {
  return (await (await fetch(`http://${address}/${file}`)).text()).trim();
}
