import assert from "node:assert/strict";
import { test } from "node:test";
import { HostListError, parseHostList } from "../../../../infra/ipmi-js/cli/host-list.ts";

function names(text: string): readonly string[] {
  return parseHostList(text).map(({ name }) => name);
}

test("ranges expand in order, the last one quickest", () => {
  assert.deepEqual(names("127.0.[1-2].[9-10]"), ["127.0.1.9", "127.0.1.10", "127.0.2.9", "127.0.2.10"]);
});

test("leading zeros are kept, and lists may mix numbers and ranges", () => {
  assert.deepEqual(names("n[08-10,12]-bmc"), ["n08-bmc", "n09-bmc", "n10-bmc", "n12-bmc"]);
});

test("hosts are parted by commas or spaces, and each is named once", () => {
  assert.deepEqual(names("a,b  c,\na"), ["a", "b", "c"]);
});

test("a port is read from behind the host, of a range too", () => {
  assert.deepEqual(parseHostList("10.0.0.[1-2]:9623"), [
    { name: "10.0.0.1:9623", address: "10.0.0.1", port: 9623 },
    { name: "10.0.0.2:9623", address: "10.0.0.2", port: 9623 },
  ]);
});

test("IPv6 addresses are read with and without a port", () => {
  assert.deepEqual(parseHostList("[::1]:623 fe80::1"), [
    { name: "[::1]:623", address: "::1", port: 623 },
    { name: "fe80::1", address: "fe80::1", port: undefined },
  ]);
});

for (const wrong of [
  "",
  " , ",
  "n[1-",
  "n1]",
  "n[2-1]",
  "n[a]",
  "n[1-1000000]",
  "h:0",
  "h:70000",
  "n[1-999].[1-999]",
]) {
  test(`"${wrong}" is refused`, () => {
    assert.throws(() => parseHostList(wrong), HostListError);
  });
}
