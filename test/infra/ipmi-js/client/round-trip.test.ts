import assert from "node:assert/strict";
import { test } from "node:test";
import { RoundTrip, timeoutAfterCopy } from "../../../../infra/ipmi-js/client/round-trip.ts";

test("waits grow by halves of the first, up to two seconds", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 20].map((copies) => timeoutAfterCopy(200, copies)),
    [200, 300, 400, 500, 2_000],
  );
});

test("a BMC whose round trip is not known gets a quarter of a second", () => {
  assert.equal(new RoundTrip().baseMs, 250);
});

test("a BMC that answers in 100 ms gets three times that at first", () => {
  const roundTrip = new RoundTrip();
  roundTrip.measured(100);
  assert.equal(roundTrip.baseMs, 300);
});

test("a BMC that stays steady gets little more than its round trip", () => {
  const roundTrip = new RoundTrip();
  for (let n = 0; n < 20; n++) roundTrip.measured(100);
  assert.ok(roundTrip.baseMs < 120, `${roundTrip.baseMs} ms`);
});

test("no BMC gets less than 100 ms, or more than two seconds", () => {
  const quick = new RoundTrip();
  quick.measured(0.3);
  assert.equal(quick.baseMs, 100);
  const slow = new RoundTrip();
  slow.measured(1_900);
  assert.equal(slow.baseMs, 2_000);
});

test("a BMC that was never measured gets the time that an answer to one of several copies took", () => {
  const roundTrip = new RoundTrip();
  roundTrip.ambiguous(900, 400);
  assert.equal(roundTrip.baseMs, 900);
});

test("a BMC that was never measured is not thought slow for a lost packet, if the next copy is answered in time", () => {
  const roundTrip = new RoundTrip();
  roundTrip.ambiguous(270, 20);
  assert.equal(roundTrip.baseMs, 250);
});

test("a BMC that has been measured is not thought slower for a lost packet", () => {
  const roundTrip = new RoundTrip();
  roundTrip.measured(50);
  roundTrip.ambiguous(900, 400);
  assert.equal(roundTrip.baseMs, 150);
});

test("a new BMC among quick neighbours is asked again as soon as they would be", () => {
  const neighbours = new RoundTrip();
  const first = new RoundTrip(neighbours);
  first.measured(20);
  assert.equal(new RoundTrip(neighbours).baseMs, 100);
});

test("slow neighbours make no new BMC wait for longer than a quarter of a second", () => {
  const neighbours = new RoundTrip();
  new RoundTrip(neighbours).measured(1_500);
  assert.equal(new RoundTrip(neighbours).baseMs, 250);
});

test("the longest answer is remembered, whichever copy it was to", () => {
  const roundTrip = new RoundTrip();
  roundTrip.ambiguous(2_000, 20);
  roundTrip.measured(50);
  assert.equal(roundTrip.longestMs, 2_000);
});
