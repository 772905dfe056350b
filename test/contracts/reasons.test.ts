import assert from "node:assert/strict";
import { test } from "node:test";
import {
  InboxMessage,
  NodeResult,
  type Reason,
  adviceOf,
  hasShape,
  isRefusalReason,
  isRetryable,
  reasonTable,
  reasons,
} from "../../contracts/index.ts";

const op = "0123456789abcdef0123456789abcdef";
const now = "2025-01-01T00:00:00.000Z";

function rejected(reason: string): unknown {
  return { v: 1, op, kind: "rejected", reason, detail: "", serverTime: now };
}

function result(reason: string): unknown {
  return { status: 1, outcome: "failed", reason, attempts: 0, startedAt: now, finishedAt: now };
}

test("every reason may be said on the wire: a refusal in a rejection, a node's in its result", () => {
  for (const reason of reasons) {
    const { scope } = reasonTable[reason];
    const isRefusal = scope === "operation" || scope === "either";
    assert.equal(isRefusalReason(reason), isRefusal, reason);
    assert.equal(hasShape(InboxMessage, rejected(reason)), isRefusal, `rejected: ${reason}`);
    assert.equal(hasShape(NodeResult, result(reason)), scope !== "operation", `result: ${reason}`);
  }
});

test("a reason that is not in the catalogue passes nowhere", () => {
  for (const stray of ["", "bad-luck", "constructor", "toString", "__proto__"]) {
    assert.ok(!isRefusalReason(stray), stray);
    assert.ok(!hasShape(InboxMessage, rejected(stray)), stray);
    assert.ok(!hasShape(NodeResult, result(stray)), stray);
  }
});

test("every reason is kebab-case and advises in one line of lower case", () => {
  for (const reason of reasons) {
    assert.match(reason, /^[a-z]+(?:-[a-z]+)*$/);
    assert.match(adviceOf(reason), /^(?!.*\n).{10,100}$/, reason);
    assert.doesNotMatch(adviceOf(reason), /^[A-Z][a-z]/, reason);
    assert.doesNotMatch(adviceOf(reason), /\.$/, reason);
  }
});

test("what nobody may try again blindly is not retryable", () => {
  const never: readonly Reason[] = [
    "outcome-unknown",
    "bmc-password-invalid",
    "permission-denied",
    "cancelled-by-user",
  ];
  for (const reason of never) assert.ok(!isRetryable(reason), reason);
  for (const reason of reasons.filter((each) => reasonTable[each].scope === "success")) {
    assert.ok(!isRetryable(reason), reason);
  }
});

test("what passes by itself is retryable", () => {
  const passing: readonly Reason[] = ["bmc-unreachable", "still-pinging", "boot-timeout", "no-agent-listening"];
  for (const reason of passing) assert.ok(isRetryable(reason), reason);
});
