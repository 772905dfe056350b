import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseServer } from "../../../support/database.ts";
import { busOfFile, loadId, openBootSite, pc1, pc2, planOfBase, stranger, tokenIn } from "../boot-site.ts";

const databases = databaseServer();
const file = busOfFile();
const open = (t: Parameters<typeof openBootSite>[0], options?: Parameters<typeof openBootSite>[2]) =>
  openBootSite(t, { databases, bus: file.bus }, options);

test("the first script is the same for all, and asks on for a minute before the next device boots", async (t) => {
  const { ask } = await open(t);
  const { status, text, headers } = await ask("/boot.ipxe", { from: stranger.address });
  assert.equal(status, 200);
  assert.match(headers["content-type"] ?? "", /^text\/plain/);
  assert.match(text, /^#!ipxe\n/);
  assert.match(text, /^chain --replace http:\/\/127\.0\.0\.1:\d+\/v1\/boot\?mac=\$\{netX\/mac:hexhyp\} \|\|$/m);
  assert.match(text, /^iseq \$\{tries\} 12 && exit \|\|$/m);
});

test("a node for which nothing is selected boots its disk, and what it passes through is committed, then published", async (t) => {
  const { ask, reports, published } = await open(t);
  const { text } = await ask(`/v1/boot?mac=${pc1.mac.toUpperCase().replaceAll(":", "-")}`);
  assert.equal(text, "#!ipxe\nsanboot --no-describe --drive 0x80 || exit\n");
  assert.deepEqual(await reports(), ["pc1 PXEBOOTING", "pc1 BOOTING"]);
  const changes = await published();
  assert.deepEqual(
    changes.map(({ node, state, reportedBy }) => [node, state, reportedBy]),
    [
      ["pc1", "PXEBOOTING", "address"],
      ["pc1", "BOOTING", "address"],
    ],
  );
  assert.ok(changes[0]!.id < changes[1]!.id);
});

test("a script is given to the node alone that has both, address and MAC", async (t) => {
  const { ask, select, reports, database } = await open(t);
  await select("pc1", "loader", planOfBase);
  for (const [from, mac] of [
    [pc1.address, pc2.mac],
    [pc2.address, pc1.mac],
    [stranger.address, pc1.mac],
    [pc1.address, stranger.mac],
  ] as const) {
    for (const path of ["/v1/boot", "/v1/wait"]) {
      const { status, text } = await ask(`${path}?mac=${mac}`, { from });
      assert.equal(status, 403, `${path} of ${mac} from ${from}`);
      assert.doesNotMatch(text, /token|ipxe/);
    }
  }
  assert.deepEqual(await reports(), []);
  assert.equal((await database.owner`select from boot.ramdisk_boots`).count, 0);
});

test("a script asked for with what is no MAC is malformed", async (t) => {
  const { ask } = await open(t);
  for (const query of ["", "?mac=", "?mac=pc1", "?mac=52:54:00:00:00:01'--", "?mac=a&mac=b"]) {
    assert.equal((await ask(`/v1/boot${query}`)).status, 400, query);
  }
});

test("HEAD of a script is no boot", async (t) => {
  const { ask, reports } = await open(t);
  assert.equal((await ask(`/v1/boot?mac=${pc1.mac}`, { method: "HEAD" })).status, 404);
  assert.deepEqual(await reports(), []);
});

test("a node that is to be loaded boots the ramdisk with a token of which the digest alone is kept", async (t) => {
  const { ask, select, reports, database } = await open(t, { section: { consoleArgs: "console=ttyS0,115200" } });
  await select("pc1", "loader", planOfBase);
  const { text } = await ask(`/v1/boot?mac=${pc1.mac}`);
  const kernel = /^kernel (\S+) (.*) \|\| goto failed$/m.exec(text);
  const url = kernel?.[1]?.replace("/v1/kernel", "") ?? "";
  const token = tokenIn(text);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(kernel?.[2]?.split(" "), [
    "initrd=ramdisk",
    "console=ttyS0,115200",
    `reveille.boot=${url}`,
    `reveille.token=${token}`,
    "reveille.mac=${netX/mac}",
  ]);
  assert.ok(text.includes(`\ninitrd --name ramdisk ${url}/v1/ramdisk || goto failed\nboot || goto failed\n`));
  assert.equal(Buffer.from(token, "base64url").length, 32);
  assert.deepEqual(await reports(), ["pc1 PXEBOOTING", "pc1 BOOTING"]);
  const { owner } = database;
  const kept = JSON.stringify([
    await owner`select * from boot.ramdisk_boots`,
    await owner`select * from boot.state_reports`,
  ]);
  assert.ok(kept.includes(loadId) && !kept.includes(token));
});

test("each boot into the ramdisk gets a token of its own, and a boot from the disk ends the last one's", async (t) => {
  const { ask, select, bootRamdisk } = await open(t);
  const first = await bootRamdisk();
  const second = await bootRamdisk();
  assert.notEqual(first, second);
  assert.equal((await ask("/v1/load", { token: first })).status, 401);
  assert.equal((await ask("/v1/load", { token: second })).status, 200);
  await select("pc1", "disk");
  await ask(`/v1/boot?mac=${pc1.mac}`);
  assert.equal((await ask("/v1/load", { token: second })).status, 401);
});

test("where nodes reach the agent is what the config says, if it does", async (t) => {
  const { ask } = await open(t, { section: { publicUrl: "http://boot.example:8080" } });
  assert.match((await ask("/boot.ipxe")).text, /chain --replace http:\/\/boot\.example:8080\/v1\/boot/);
});

test("after RELOADDONE the disk is booted though the selection still says loader, and another load begins anew", async (t) => {
  const { ask, database, bootRamdisk } = await open(t);
  const token = await bootRamdisk();
  const loaded = [{ image: "base", sha256: manifestSha(1) }];
  assert.equal((await ask("/v1/state", { token, body: { state: "RELOADDONE", loaded } })).status, 204);
  assert.match((await ask(`/v1/boot?mac=${pc1.mac}`)).text, /sanboot/);
  await database.owner`update reload.boot_selections set load_id = ${"2e".repeat(16)}`;
  assert.match((await ask(`/v1/boot?mac=${pc1.mac}`)).text, /reveille\.token=/);
});

test("a node whose type names a loader is given that one, and none if the config has none of that name", async (t) => {
  const files = { kernelFile: import.meta.filename, ramdiskFile: import.meta.filename, consoleArgs: "quiet" };
  const { ask, select, reports, database } = await open(t, { section: { loaders: { arm64: files } } });
  await select("pc1", "loader", planOfBase);
  const nameLoader = (name: string) =>
    database.owner`update registry.node_types set settings = settings || ${database.owner.json({ loader: name })}`;
  await nameLoader("arm64");
  const { text } = await ask(`/v1/boot?mac=${pc1.mac}`);
  const kernel = /^kernel http:\/\/[^/]+(\S+) initrd=ramdisk quiet /m.exec(text)?.[1];
  assert.equal(kernel, "/v1/loaders/arm64/kernel");
  assert.match(text, /\/v1\/loaders\/arm64\/ramdisk \|\|/);
  assert.equal((await ask(kernel, { headers: { range: "bytes=0-5" } })).text, "import");

  const before = await reports();
  await nameLoader("riscv");
  assert.equal((await ask(`/v1/boot?mac=${pc1.mac}`)).status, 404);
  assert.deepEqual(await reports(), before);
});

const manifestSha = (digit: number) => String(digit).repeat(64);

test("the loader's files are those of the config, by Range too; without them the log says what to set", async (t) => {
  const { ask } = await open(t, {
    section: { kernelFile: "/proc/self/nonexistent", ramdiskFile: import.meta.filename },
  });
  assert.equal((await ask("/v1/kernel")).status, 404);
  const { status, text } = await ask("/v1/ramdisk", { headers: { range: "bytes=0-5" } });
  assert.deepEqual([status, text], [206, "import"]);
});
