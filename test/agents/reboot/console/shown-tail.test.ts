import assert from "node:assert/strict";
import { test } from "node:test";
import { shownTail } from "../../../../agents/reboot/console/shown-tail.ts";

const token = "k9".repeat(21);

for (const [what, line] of [
  ["in the midst of a line", `Command line: reveille.token=${token} console=ttyS0`],
  ["in quotation marks", `Unknown kernel parameters "reveille.token=${token}", passed to user space`],
  ["at the end", `reveille.boot=http://10.0.0.1:8080 reveille.token=${token}`],
  ["twice", `reveille.token=${token}\nreveille.token=${token}`],
] as const) {
  test(`a token ${what} is blotted out`, () => {
    const shown = shownTail(`one\n${line}\nlast`);
    assert.ok(!shown.includes(token), shown);
    assert.ok(shown.includes("reveille.token=…") && shown.endsWith("last"), shown);
  });
}

test("a token is blotted out before the tail is cut, wherever that cuts it", () => {
  const whole = `reveille.token=${token}${" .".repeat(2_000)}`;
  for (let dropped = 0; dropped < 60; dropped++) assert.ok(!shownTail(whole.slice(0, -dropped)).includes("k9"));
});

test("the end is kept", () => {
  assert.equal(shownTail("x".repeat(9_000) + "panic\n").length, 3_999);
});
