// ipmi-js against ipmipower, alternating in one run, medians of the rounds. Wants cc, libssl-dev, /usr/bin/time and
// ipmipower, and the build, which it makes.
//   npm run bench -w ipmi-js [-- ROUNDS (7) [ROW...]]

import { loadavg } from "node:os";
import { describeMachine } from "../machine.ts";
import { median, renderTable, wholeNumber } from "../table.ts";
import { type FleetOptions, compileFleet, startFleet } from "./fleet.ts";
import { type Run, runIpmiJs, runIpmipower } from "./one-shot.ts";
import { createResident } from "./resident.ts";

interface Row {
  readonly work: string;
  readonly aim: string;
  readonly theirs: string;
  readonly ours: string;
  readonly found: string;
}

/** The table of measurements: a new one is a row. */
const ROWS: Readonly<Record<string, (rounds: number) => Promise<readonly Row[]>>> = {
  "one-shot": (rounds) => oneShot(rounds, { work: "status of 1,000, one-shot", aim: "≥ 1.3", count: 1_000 }),
  delay: (rounds) =>
    oneShot(rounds, { work: "the same with 10–40 ms a reply", aim: "≥ 1.1", count: 1_000, delayMs: [10, 40] }),
  large: (rounds) => oneShot(rounds, { work: "status of 9,500, one-shot", aim: "≥ 3", count: 9_500 }),
  resident,
  loss: (rounds) =>
    oneShot(rounds, { work: "1,000 at 5% loss each way", aim: "≥ 1.5, none lost", count: 1_000, lossPercent: 5 }),
  dead: someDead,
};

const [roundsAsked = "7", ...asked] = process.argv.slice(2);
const rounds = Number(roundsAsked);
const unknown = asked.filter((name) => !Object.hasOwn(ROWS, name));
if (!(rounds > 0) || unknown.length > 0) {
  console.error(`usage: npm run bench -w ipmi-js [-- ROUNDS [${Object.keys(ROWS).join("|")}...]]`);
  process.exit(1);
}
await using fleet = await compileFleet();
console.log(`${describeMachine()}; ${rounds} rounds, cipher suite 3\n`);
const rows: Row[] = [];
for (const [name, measure] of Object.entries(ROWS)) {
  if (asked.length === 0 || asked.includes(name)) rows.push(...(await measure(rounds)));
}
console.log(
  renderTable({
    columns: ["work", "aim", "ipmipower", "ipmi-js", "ipmipower / ipmi-js"],
    rows: rows.map(({ work, aim, theirs, ours, found }) => [work, aim, theirs, ours, found]),
    note: `Load at the end ${loadavg()[0]?.toFixed(1) ?? ""}.`,
  }),
);

async function oneShot(
  count: number,
  options: FleetOptions & { readonly work: string; readonly aim: string },
): Promise<readonly Row[]> {
  const ours: Run[] = [];
  const theirs: Run[] = [];
  for (let round = 0; round < count; round++) {
    ours.push(await withFleet(options, () => runIpmiJs(options.count)));
    theirs.push(await withFleet(options, () => runIpmipower(options.count)));
  }
  const { work, aim } = options;
  const told = (runs: readonly Run[]) => `hosts told of, least: ${Math.min(...runs.map(({ lines }) => lines))}`;
  return [
    { work: `${work}, wall ms`, aim, ...compare(theirs, ours, "wallMs") },
    { work: "… CPU ms", aim: "", ...compare(theirs, ours, "cpuMs") },
    { work: "… peak MiB", aim: options.count > 5_000 ? "≥ 5" : "", ...compare(theirs, ours, "peakMiB") },
    { work: "…", aim: "", theirs: told(theirs), ours: told(ours), found: "" },
  ];
}

function compare(theirs: readonly Run[], ours: readonly Run[], key: keyof Run) {
  const [a, b] = [median(theirs.map((run) => run[key])), median(ours.map((run) => run[key]))];
  return { theirs: wholeNumber(a), ours: wholeNumber(b), found: (a / b).toFixed(2) };
}

async function resident(count: number): Promise<readonly Row[]> {
  const client = createResident(1_000);
  const theirs: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  // A resident client has been running for a while: the first two rounds are not counted.
  for (let round = -2; round < count; round++) {
    const measured = await withFleet({ count: 1_000 }, () => client.measure());
    const { wallMs } = await withFleet({ count: 1_000 }, () => runIpmipower(1_000));
    if (round < 0) continue;
    theirs.push(wallMs);
    cold.push(measured.coldMs);
    warm.push(measured.warmMs);
  }
  return [
    row("resident, 1,000 cold sessions, ms", { aim: "≥ 3", theirs, ours: cold }),
    row("resident, 1,000 warm sessions, ms", { aim: "≥ 12", theirs, ours: warm }),
  ];
}

/** BMC numbers past the fleet's size are not answered. */
async function someDead(count: number): Promise<readonly Row[]> {
  const alone: number[] = [];
  const known: number[] = [];
  const inAll: number[] = [];
  for (let round = 0; round < count; round++) {
    const of950 = await withFleet({ count: 1_000 }, () => runIpmiJs(950));
    const of1000 = await withFleet({ count: 950 }, () => runIpmiJs(1_000));
    alone.push(of950.knownMs);
    known.push(of1000.knownMs);
    inAll.push(of1000.wallMs);
  }
  const none = { theirs: "", found: "" };
  const share = ((median(known) / median(alone)) * 100).toFixed(0);
  return [
    { work: "1,000 of which 50 are dead, wall ms", aim: "≤ 5,500", ours: wholeNumber(median(inAll)), ...none },
    { work: "… until the 950 are known, of them alone", aim: "≤ 110%", ours: `${share}%`, ...none },
  ];
}

function row(
  work: string,
  { aim, theirs, ours }: { readonly aim: string; readonly theirs: readonly number[]; readonly ours: readonly number[] },
): Row {
  const [a, b] = [median(theirs), median(ours)];
  return { work, aim, theirs: wholeNumber(a), ours: wholeNumber(b), found: (a / b).toFixed(2) };
}

/** Runs `work` while a fleet is there, a new one each time: no session slot is left over from an earlier run. */
async function withFleet<T>(options: FleetOptions, work: () => Promise<T>): Promise<T> {
  await using running = await startFleet(fleet.program, options);
  return await running.during(work);
}
