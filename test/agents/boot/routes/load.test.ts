import assert from "node:assert/strict";
import { test } from "node:test";
import { type BootPlan, subjectsOf } from "../../../../contracts/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { testSite } from "../../../support/test-bus.ts";
import { busOfFile, loadId, manifestSha256, openBootSite, pc1, pc2, tokenIn } from "../boot-site.ts";

const databases = databaseServer();
const file = busOfFile();

const rest = { rawBytes: 67_108_864, fileBytes: 14_700_000, manifestSha256 };
const plan: BootPlan = {
  images: [
    { image: "base", ...rest, transport: { kind: "http" } },
    { image: "home", partition: 2, ...rest, transport: { kind: "multicast", group: "239.255.1.7", portBase: 9_100 } },
  ],
  zeroFree: false,
  prepare: true,
};
const undecided: BootPlan = { ...plan, images: [{ image: "base", ...rest }, plan.images[1]!] };

test("a plan is lines that a shell can read", async (t) => {
  const { ask, select } = await openBootSite(t, { databases, bus: file.bus });
  await select("pc1", "loader", plan);
  const token = tokenIn((await ask(`/v1/boot?mac=${pc1.mac}`)).text);
  const { text } = await ask("/v1/load", { token });
  assert.deepEqual(text.split("\n"), [
    `load ${loadId}`,
    "prepare yes",
    "zero-free no",
    "disk auto",
    `image base disk 67108864 14700000 ${manifestSha256} http`,
    `image home partition:2 67108864 14700000 ${manifestSha256} multicast:239.255.1.7:9100`,
    "",
  ]);
});

test("a plan is held until the transport of the image that comes next is chosen, at whichever replica", async (t) => {
  const { ask, select, bus } = await openBootSite(t, { databases, bus: file.bus }, { replicas: 2 });
  await select("pc1", "loader", undecided);
  const token = tokenIn((await ask(`/v1/boot?mac=${pc1.mac}`)).text);
  assert.match((await ask("/v1/load?image=home", { token })).text, / undecided\nimage home .* multicast/);

  const reload = await bus.join("reload");
  const heard = reload.subscribe(subjectsOf(testSite).progress("pc1"), { max: 1 });
  await reload.flush();
  let isAnswered = false;
  const held = ask("/v1/load", { token, replica: 1 }).finally(() => (isAnswered = true));
  const asked = { v: 1, node: "pc1", loadId, image: "base", bytesWritten: 0, bytesTotal: rest.rawBytes };
  for await (const message of heard) assert.deepEqual(message.json(), asked);
  assert.equal(isAnswered, false);
  await select("pc1", "loader", plan);
  reload.publish(subjectsOf(testSite).wake("boot"));
  assert.match((await held).text, /^image base disk \d+ \d+ \w+ http$/m);
});

test("a load that is no more has no plan", async (t) => {
  const { ask, select } = await openBootSite(t, { databases, bus: file.bus });
  await select("pc1", "loader", plan);
  const token = tokenIn((await ask(`/v1/boot?mac=${pc1.mac}`)).text);
  await select("pc1", "disk");
  assert.equal((await ask("/v1/load", { token })).status, 404);
});

test("without a token, with one that was never given, and from another node's address there is no plan", async (t) => {
  const { ask, bootRamdisk } = await openBootSite(t, { databases, bus: file.bus });
  const token = await bootRamdisk();
  assert.equal((await ask("/v1/load")).status, 401);
  assert.equal((await ask("/v1/load", { token: "A".repeat(43) })).status, 401);
  assert.equal((await ask("/v1/load", { headers: { authorization: `Basic ${token}` } })).status, 401);
  assert.equal((await ask("/v1/load", { token, from: pc2.address })).status, 403);
  assert.equal((await ask("/v1/load", { token })).status, 200);
});

test("progress of a planned image is published as the load's own, of anything else it is refused", async (t) => {
  const { ask, select, bus } = await openBootSite(t, { databases, bus: file.bus });
  await select("pc1", "loader", plan);
  const token = tokenIn((await ask(`/v1/boot?mac=${pc1.mac}`)).text);
  const reload = await bus.join("reload");
  const heard = reload.subscribe(subjectsOf(testSite).progress("pc1"), { max: 1 });
  await reload.flush();
  const body = { image: "base", bytesWritten: 4_194_304, bytesTotal: rest.rawBytes, transport: "http" };

  assert.equal((await ask("/v1/progress", { token, body: { ...body, image: "other" } })).status, 403);
  assert.equal((await ask("/v1/progress", { token, body: { ...body, bytesWritten: -1 } })).status, 400);
  assert.equal((await ask("/v1/progress", { body })).status, 401);
  assert.equal((await ask("/v1/progress", { token, body, from: pc2.address })).status, 403);
  assert.equal((await ask("/v1/progress", { token, body })).status, 204);
  for await (const message of heard) assert.deepEqual(message.json(), { v: 1, node: "pc1", loadId, ...body });
});
