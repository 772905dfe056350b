import assert from "node:assert/strict";
import { test } from "node:test";
import { diskOf, loadScene } from "./support/load-scene.ts";

test("two machines write the image byte for byte, boot it, and keep what they write", async (t) => {
  const { lab, server, image, power } = await loadScene(t, { machines: 2, subnet: 11 });
  await Promise.all(
    lab.nodes.map(async (node) => {
      const done = server.report(node.name, "RELOADDONE");
      // Between the ramdisk's reset and the system's start nothing writes the disk.
      const disk = new Promise<Buffer>((resolve) => {
        node.onGuestReset = async () => resolve(await diskOf(node, image.raw.length));
      });
      const up = server.report(node.name, "ISUP");
      await power(node, "power-on");
      assert.deepEqual((await done).loaded, [{ image: "base", sha256: image.manifest.rawSha256 }]);
      assert.ok((await disk).equals(image.raw), `${node.name} holds the image`);
      const { bootId } = await up;
      assert.equal(await served(node.address, "name"), "base");
      assert.equal(await served(node.address, "boots"), "1");

      const upAgain = server.report(node.name, "ISUP");
      await power(node, "hard-reset");
      assert.notEqual((await upAgain).bootId, bootId);
      assert.equal(await served(node.address, "boots"), "2");
    }),
  );
});

async function served(address: string, file: string): Promise<string> {
  return (await (await fetch(`http://${address}/${file}`)).text()).trim();
}
