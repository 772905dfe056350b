import assert from "node:assert/strict";
import { test } from "node:test";
import { createJournal } from "../../../../infra/simulator/machine/journal.ts";
import { createStateReporter, reportPauseMs } from "../../../../infra/simulator/machine/state-reporter.ts";
import { createSeededRandom } from "../../../../infra/simulator/seeded-random.ts";
import { startReportReceiver } from "../support/report-receiver.ts";
import { until } from "../support/until.ts";

const address = "127.16.254.1";
const bootId = "6b9be723-7006-4ea5-bb25-0e707beb1daf";

function reporterTo(bootUrl: () => string | undefined) {
  const journal = createJournal();
  const random = createSeededRandom("report");
  return { journal, reporter: createStateReporter({ address, journal, random, bootUrl }) };
}

test("the pauses between attempts double up to ten seconds, and differ by node by up to a half", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) => reportPauseMs(failures, 0));

  assert.deepEqual(longest, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  assert.equal(reportPauseMs(3, 0.5), 750);
});

test("a report that is accepted comes from the node's own address, and is journaled", async () => {
  await using receiver = await startReportReceiver();
  const { journal, reporter } = reporterTo(() => receiver.url);

  await reporter.report({ state: "ISUP", bootId }, new AbortController());

  assert.deepEqual(receiver.reports, [{ state: "ISUP", bootId, from: address }]);
  const [entry] = journal.entries();
  assert.ok(entry?.kind === "report" && entry.answer === "accepted" && entry.httpStatus === 204);
});

test("a report is repeated until the boot agent is there and well, and the next waits for it", async () => {
  await using receiver = await startReportReceiver();
  receiver.httpStatus = 503;
  const agent: { url?: string } = {};
  const { journal, reporter } = reporterTo(() => agent.url);
  const { signal } = new AbortController();

  const answered = (["BOOTING", "ISUP"] as const).map((state) => reporter.report({ state, bootId }, { signal }));
  agent.url = receiver.url;
  await until("the first report is tried", () => receiver.reports.length > 0);
  assert.deepEqual(journal.entries(), []);
  receiver.httpStatus = 204;
  await Promise.all(answered);

  const states = receiver.statesFrom(address);
  assert.deepEqual(states.slice(-2), ["BOOTING", "ISUP"]);
  assert.equal(journal.entries().length, 2);
});

test("a report that is refused is journaled and not repeated", async () => {
  await using receiver = await startReportReceiver();
  receiver.httpStatus = 403;
  const { journal, reporter } = reporterTo(() => receiver.url);

  await reporter.report({ state: "ISUP", bootId }, new AbortController());

  assert.equal(receiver.reports.length, 1);
  const [entry] = journal.entries();
  assert.ok(entry?.kind === "report" && entry.answer === "refused" && entry.httpStatus === 403);
});

test("a machine that goes down takes its unanswered reports with it", async () => {
  const { journal, reporter } = reporterTo(() => undefined);
  const life = new AbortController();

  const answered = reporter.report({ state: "BOOTING", bootId }, life);
  life.abort();

  await assert.rejects(answered, { name: "AbortError" });
  assert.deepEqual(journal.entries(), []);
});
