import assert from "node:assert/strict";
import { type TestContext, before, describe, test } from "node:test";
import type { NodeResult } from "../../contracts/index.ts";
import type { FaultName } from "../../infra/simulator/index.ts";
import { type ResultsDocument, documentOf, siteWith } from "../support/site.ts";

/** The command lines whose columns the table has; each gets nodes of its own, so that all run at once. */
const columns = {
  "power-cycle": ["power", "cycle"],
  cycle: ["reboot", "--power-cycle"],
  "cycle-wait": ["reboot", "--power-cycle", "--wait", "--wait-time", "12"],
  reboot: ["reboot"],
  "reboot-wait": ["reboot", "--wait", "--wait-time", "12"],
} as const;
type Column = keyof typeof columns;
const columnNames = Object.keys(columns) as readonly Column[];

/** `outcome reason via`, as a result has them; a dash for no via. */
type Expected = `${NodeResult["outcome"]} ${NodeResult["reason"]} ${NonNullable<NodeResult["via"]> | "-"}`;

const cycled: Expected = "succeeded power-read-back power-cycle";
const poweredOn: Expected = "succeeded power-read-back power-on";
const bySsh: Expected = "succeeded silence-observed ssh";
const upAgain = (via: "ssh" | "power-cycle" | "power-on"): Expected => `succeeded isup ${via}`;
const noBoot = (via: "ssh" | "power-cycle" | "power-on"): Expected => `failed boot-timeout ${via}`;
const dead: Expected = "failed bmc-unreachable -";
const wrongPassword: Expected = "failed bmc-password-invalid -";

/** The expectations of one row, in the order of the columns. */
const row = (...expected: [Expected, Expected, Expected, Expected, Expected]) =>
  Object.fromEntries(columnNames.map((column, index) => [column, expected[index]])) as Record<Column, Expected>;
const sound = row(cycled, cycled, upAgain("power-cycle"), bySsh, upAgain("ssh"));
const neverUp = row(cycled, cycled, noBoot("power-cycle"), bySsh, noBoot("ssh"));

/** The table of faults, and lists of faults combined. */
const table: Readonly<
  Record<string, { readonly fault: readonly FaultName[]; readonly ends: Record<Column, Expected> }>
> = {
  sound: { fault: [], ends: sound },
  "bmc-dead": { fault: ["bmc-dead"], ends: row(dead, dead, dead, bySsh, upAgain("ssh")) },
  "bmc-wrong-password": {
    fault: ["bmc-wrong-password"],
    ends: row(wrongPassword, wrongPassword, wrongPassword, bySsh, upAgain("ssh")),
  },
  "bmc-slow": { fault: ["bmc-slow"], ends: sound },
  "bmc-busy": { fault: ["bmc-busy"], ends: sound },
  "bmc-lossy": { fault: ["bmc-lossy"], ends: sound },
  "ssh-hangs": {
    fault: ["ssh-hangs"],
    ends: row(cycled, cycled, upAgain("power-cycle"), cycled, upAgain("power-cycle")),
  },
  "powered-off": {
    fault: ["powered-off"],
    ends: row(poweredOn, poweredOn, upAgain("power-on"), poweredOn, upAgain("power-on")),
  },
  "hangs-in-bios": { fault: ["hangs-in-bios"], ends: neverUp },
  "never-boots": { fault: ["never-boots"], ends: neverUp },
  "falls-off-reload": { fault: ["falls-off-reload"], ends: sound },
  // Nothing is left to reach the node by.
  "dead-and-hung": { fault: ["bmc-dead", "ssh-hangs"], ends: row(dead, dead, dead, dead, dead) },
  "off-and-locked": {
    fault: ["powered-off", "bmc-wrong-password"],
    ends: row(wrongPassword, wrongPassword, wrongPassword, wrongPassword, wrongPassword),
  },
  "lossy-and-busy": { fault: ["bmc-lossy", "bmc-busy"], ends: sound },
  "hung-and-never-up": {
    fault: ["ssh-hangs", "never-boots"],
    ends: row(cycled, cycled, noBoot("power-cycle"), cycled, noBoot("power-cycle")),
  },
};
const rowNames = Object.keys(table);
const nodeOf = (column: Column, fault: string) => `${column}-${fault}`;

const site = siteWith({
  nodes: columnNames.flatMap((column) =>
    rowNames.map((name) => ({ name: nodeOf(column, name), fault: [...table[name]!.fault] })),
  ),
});

describe("the table of faults", () => {
  const documents = new Map<Column, ResultsDocument>();
  const statuses = new Map<Column, number | null>();

  before(async () => {
    await Promise.all(
      columnNames.map(async (column) => {
        const nodes = rowNames.map((name) => nodeOf(column, name));
        const end = await site.run([...columns[column], ...nodes, "--json"]);
        documents.set(column, documentOf(end));
        statuses.set(column, end.status);
      }),
    );
  });
  const resultOf = (column: Column, name: string): NodeResult => documents.get(column)!.results[nodeOf(column, name)]!;

  for (const name of rowNames) {
    test(`a node with ${name === "sound" ? "no fault" : table[name]!.fault.join(" and ")} ends as the table says`, () => {
      const ended = columnNames.map((column) => {
        const { outcome, reason, via = "-" } = resultOf(column, name);
        return [column, `${outcome} ${reason} ${via}`];
      });
      assert.deepEqual(Object.fromEntries(ended), table[name]!.ends);
    });
  }

  test("a boot that is waited for in vain comes with what the console showed", () => {
    for (const column of ["cycle-wait", "reboot-wait"] as const) {
      assert.match(resultOf(column, "hangs-in-bios").evidence?.console ?? "", /waiting for the PCI bus$/u, column);
      assert.equal(resultOf(column, "sound").evidence?.console, undefined);
    }
  });

  test("each column's code and exit status count its failures", () => {
    for (const column of columnNames) {
      const failed = rowNames.filter((name) => table[name]!.ends[column].startsWith("failed")).length;
      assert.equal(documents.get(column)!.code, failed, column);
      assert.equal(statuses.get(column), failed, column);
    }
  });

  test("a dead BMC is given up after 3 to 5 seconds", () => {
    for (const column of ["power-cycle", "cycle", "cycle-wait"] as const) {
      const tookMs = durationOf(resultOf(column, "bmc-dead"));
      // A busy machine may add some, yet this is far from the 20 s that ipmitool takes.
      assert.ok(tookMs >= 2_900 && tookMs < 9_000, `${column}: ${tookMs} ms`);
    }
  });

  test("a wrong password is told at once", () => {
    for (const column of ["power-cycle", "cycle", "cycle-wait"] as const) {
      const tookMs = durationOf(resultOf(column, "bmc-wrong-password"));
      assert.ok(tookMs < 2_900, `${column}: ${tookMs} ms`);
    }
  });

  test("each BMC carried out just what the result says", async (t: TestContext) => {
    for (const column of columnNames) {
      for (const name of rowNames) {
        const done = await site.powerActions(nodeOf(column, name));
        const { via } = resultOf(column, name);
        const expected = { "power-cycle": ["off", "on"], "power-on": ["on"] }[via as string] ?? [];
        t.diagnostic(`${nodeOf(column, name)} ${done.join(",")}`);
        assert.deepEqual(
          done.filter((control) => control !== "diag"),
          expected,
          nodeOf(column, name),
        );
      }
    }
  });
});

function durationOf(result: NodeResult): number {
  return Date.parse(result.finishedAt) - Date.parse(result.startedAt);
}
