import assert from "node:assert/strict";
import { test } from "node:test";
import { runLine } from "../run-line.ts";

const measures = { image: "web", rawBytes: 2 ** 30, fileBytes: 2 ** 20, chunks: 7, sha256: "ab" };

test("an image is added as its flags say, and what it came to is told", async () => {
  const argv = ["image", "add", "web", "demo/web.raw", "--project", "Demo", "--max-loads", "3", "--partition", "2"];
  const { asked, stdout, status } = await runLine(argv, { control: { ok: true, answer: measures } });
  const args = { image: "web", path: "demo/web.raw", project: "demo", partition: 2, maxConcurrentLoads: 3 };
  assert.deepEqual(asked[0], ["control", "image-add", args]);
  assert.deepEqual([stdout, status], ["web: added, 1.0 GiB, 1.0 MiB compressed, 7 chunks\n", 0]);
});

test("an image that is not whole is told with what is wrong, and counted", async () => {
  const answer = {
    isWhole: false,
    image: "web",
    reason: "image-digest-mismatch",
    detail: "web: the raw chunk differs",
  };
  const { stdout, status } = await runLine(["image", "verify", "web"], { control: { ok: true, answer } });
  assert.match(stdout, /^web: image-digest-mismatch — web: the raw chunk differs; /u);
  assert.equal(status, 1);
  const { document } = await runLine(["image", "verify", "web", "--json"], { control: { ok: true, answer } });
  assert.deepEqual(document, { verb: "image-verify", user: "admin", code: 1, ...answer });
});

test("what is being done to an image is cancelled", async () => {
  const { asked, stdout, status } = await runLine(["image", "cancel", "web"], {
    control: { ok: true, answer: { cancelled: "web" } },
  });
  assert.deepEqual(asked[0], ["control", "image-cancel", { image: "web" }]);
  assert.deepEqual([stdout, status], ["web: what was being done to it ends\n", 0]);
});

test("who may load an image, and how many at one time, is set, and what holds is told", async () => {
  const answer = { image: "web", visibility: "public", maxConcurrentLoads: null };
  const argv = ["image", "set", "web", "--visibility", "public", "--max-loads", "any"];
  const { asked, stdout, status } = await runLine(argv, { control: { ok: true, answer } });
  assert.deepEqual(asked[0], ["control", "image-set", answer]);
  assert.deepEqual([stdout, status], ["web: public, loaded by any number of nodes at one time\n", 0]);
});

test("a refusal is -1 with its reason, and an answer that never came is unknown", async () => {
  const refused = { ok: false, reason: "image-in-use", detail: "a node loads image web" } as const;
  const { document, status } = await runLine(["image", "remove", "web", "--json"], { control: refused });
  assert.equal(status, 255);
  assert.equal((document as { reason: string }).reason, "image-in-use");
  const lost = { ok: false, reason: "answer-lost", detail: "no answer" } as const;
  const { stderr, status: unknown } = await runLine(["image", "remove", "web"], { control: lost });
  assert.equal(unknown, 253);
  assert.match(stderr, /reveille images web/u);
});

for (const argv of [
  ["image", "add", "web"],
  ["image", "add", "Web!", "a.raw"],
  ["image", "add", "web", ""],
  ["image", "add", "web", "a.raw", "--max-loads", "0"],
  ["image", "add", "web", "a.raw", "--partition", "129"],
  ["image", "add", "web", "a.raw", "--visibility", "some"],
  ["image", "set", "web"],
  ["image", "set", "web", "--max-loads", "0"],
  ["image", "fetch", "web"],
]) {
  test(`'${argv.join(" ")}' is refused before anybody is asked`, async () => {
    const { asked, status } = await runLine(argv);
    assert.deepEqual([asked.length, status], [0, 255]);
  });
}

test("the help says where the file has to be", async () => {
  const { stdout } = await runLine(["image", "--help"]);
  assert.match(stdout, /image directory/u);
});
