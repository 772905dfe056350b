import assert from "node:assert/strict";
import { test } from "node:test";
import { estimatedLoadSeconds, loadSeconds } from "../../../agents/runtime/load-times.ts";
import { defaultNodeTypeSettings } from "../../../contracts/index.ts";

const mib = 1024 * 1024;
const imageOf = (fileMiB: number, rawBytes = mib) => ({ rawBytes, fileBytes: fileMiB * mib });

const rows = [
  ["an image of 100 MiB compressed", [imageOf(100)], false, 665],
  ["several images, added up", [imageOf(100), imageOf(300)], false, 860],
  ["an empty plan, the base alone", [], false, 600],
  ["zeroing a disk of unknown size, taken for 20 GB", [imageOf(100)], true, 1_200],
  ["zeroing behind an image that is larger than that", [imageOf(100, 50e9)], true, 3_000],
] as const;
for (const [title, images, zeroFree, seconds] of rows) {
  test(`${title}: ${seconds} s`, () => {
    assert.equal(Math.round(loadSeconds(defaultNodeTypeSettings, images, { zeroFree })), seconds);
  });
}

test("a load is estimated at half of what its ramdisk's start may take, and what its bytes add", () => {
  assert.equal(estimatedLoadSeconds(defaultNodeTypeSettings, 100 * mib), 245);
});
