import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsoleTail } from "../../../../infra/ipmi-js/client/console-tail.ts";

function tailOf(keepBytes: number, ...writes: readonly string[]): string {
  const tail = new ConsoleTail(keepBytes);
  for (const text of writes) tail.add(Buffer.from(text));
  return tail.toString();
}

test("the last bytes are kept, however they came", () => {
  const text = "a long story, and then: kernel panic";
  assert.equal(tailOf(5, text), "panic");
  assert.equal(tailOf(5, ...text.split("")), "panic");
  assert.equal(tailOf(500, text), text);
});

test("what was cut begins with a whole line", () => {
  assert.equal(tailOf(14, "half a line\nthe end\n"), "the end\n");
  assert.equal(tailOf(20, "half a line\nthe end\n"), "half a line\nthe end\n");
});

test("lines end as files' lines do, whatever the console sends", () => {
  assert.equal(tailOf(100, "one\r\ntwo\r\r\nthree\tend"), "one\ntwo\nthree\tend");
});

for (const [what, text] of [
  ["colours", "\u001b[1;31mpanic\u001b[0m"],
  ["cursor movements", "\u001b[2J\u001b[12;40Hpanic\u001b[K"],
  ["a window title", "\u001b]0;pwned\u0007panic"],
  ["a character set", "\u001b(Bpanic"],
  ["bells, nulls and single carriage returns", "\u0007pa\u0000n\ric"],
  ["a sequence that has only begun", "panic\u001b"],
] as const) {
  test(`${what} are left out`, () => {
    assert.equal(tailOf(100, text), "panic");
  });
}

test("a character that was cut in two does no harm to the others", () => {
  assert.equal(tailOf(3, "é€x").replace(/\ufffd/g, ""), "x");
});
