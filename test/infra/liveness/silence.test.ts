import assert from "node:assert/strict";
import { test } from "node:test";
import { afterPoll, noPollYet, silenceOf } from "../../../infra/liveness/silence.ts";

/** Polls as a picture: `!` is an answer, `.` a miss. */
const table: readonly (readonly [string, ReturnType<typeof silenceOf>])[] = [
  ["", undefined],
  ["...", "silent"],
  ["..", undefined],
  ["..!", undefined],
  ["..!..", undefined],
  ["!...", "silent"],
  ["..!...", "silent"],
  ["!!!!!!", "still-answering"],
  ["!!!!..", "still-answering"],
  [".!.!.!", "still-answering"],
];

for (const [polls, verdict] of table) {
  test(`of six polls, '${polls}' is ${verdict ?? "not decided"}`, () => {
    const count = polls.split("").reduce((sum, poll) => afterPoll(sum, poll === "!"), noPollYet);
    assert.equal(silenceOf(count, { polls: 6, missesNeeded: 3 }), verdict);
  });
}
