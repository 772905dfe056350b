import assert from "node:assert/strict";
import { test } from "node:test";
import { type LoadSituation, type SessionPlan, planSessions } from "../../../infra/multicast/index.ts";

const rule = { minReceivers: 3, windowMs: 30_000 };

/** `pc1@0 pc2@5`: nodes of image `base` and the second at which each was ready; `pc9@0:other` is of image `other`. */
function situation(
  ready: string,
  nowS: number,
  rest: { readonly expected?: number; readonly sending?: boolean; readonly freeSessions?: number } = {},
): LoadSituation {
  return {
    nowMs: nowS * 1_000,
    ready: ready.split(" ").map((text) => {
      const [node = "", readyAt = "", image = "base"] = text.split(/[@:]/);
      return { node, image, readyAtMs: Number(readyAt) * 1_000 };
    }),
    expected: new Map([["base", rest.expected ?? 0]]),
    sending: new Set(rest.sending === true ? ["base"] : []),
    freeSessions: rest.freeSessions ?? 4,
  };
}

const session = (...nodes: string[]) => [{ image: "base", nodes }];

const table: readonly [title: string, LoadSituation, SessionPlan][] = [
  [
    "three that are all there share a session at once",
    situation("pc1@0 pc2@1 pc3@2", 2),
    { sessions: session("pc1", "pc2", "pc3"), http: [], waiting: [] },
  ],
  [
    "two of two get HTTP without waiting for a third who will not come",
    situation("pc1@0 pc2@1", 1),
    { sessions: [], http: ["pc1", "pc2"], waiting: [] },
  ],
  [
    "the first of three waits until its window ends",
    situation("pc1@5", 6, { expected: 2 }),
    { sessions: [], http: [], waiting: ["pc1"], decideAgainAtMs: 35_000 },
  ],
  [
    "three of sixteen wait for the others as long as the window is open",
    situation("pc1@0 pc2@1 pc3@2", 29, { expected: 13 }),
    { sessions: [], http: [], waiting: ["pc1", "pc2", "pc3"], decideAgainAtMs: 30_000 },
  ],
  [
    "three of sixteen go when the window ends",
    situation("pc1@0 pc2@1 pc3@2", 30, { expected: 13 }),
    { sessions: session("pc1", "pc2", "pc3"), http: [], waiting: [] },
  ],
  [
    "two of sixteen get HTTP when the window ends",
    situation("pc1@0 pc2@29", 30, { expected: 14 }),
    { sessions: [], http: ["pc1", "pc2"], waiting: [] },
  ],
  [
    "nodes that come while their image is sent are late, however many",
    situation("pc1@0 pc2@0 pc3@0", 0, { sending: true, expected: 5 }),
    { sessions: [], http: ["pc1", "pc2", "pc3"], waiting: [] },
  ],
  [
    "without a free session everybody gets HTTP",
    situation("pc1@0 pc2@0 pc3@0", 0, { freeSessions: 0, expected: 5 }),
    { sessions: [], http: ["pc1", "pc2", "pc3"], waiting: [] },
  ],
  [
    "the last free session goes to the image that comes first",
    situation("pc1@0 a@0:other pc2@0 b@0:other pc3@0 c@0:other", 0, { freeSessions: 1 }),
    { sessions: session("pc1", "pc2", "pc3"), http: ["a", "b", "c"], waiting: [] },
  ],
  [
    "nodes of different images never share",
    situation("pc1@0 a@0:other pc2@0", 0),
    { sessions: [], http: ["pc1", "pc2", "a"], waiting: [] },
  ],
];

for (const [title, given, expected] of table) {
  test(title, () => assert.deepEqual(planSessions(given, rule), expected));
}

test("when nobody is ready, nothing is decided", () => {
  const nobody = { ...situation("pc1@0", 0), ready: [] };
  assert.deepEqual(planSessions(nobody), { sessions: [], http: [], waiting: [] });
});
