import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AnswerLostError, BusUnreachableError } from "../../../../bus/index.ts";
import { bmcUnreachable, nodesNamed, opId, operationOf, refusedOperation, resultOf } from "../fake-coordinator.ts";
import { runLine } from "../run-line.ts";

const twoOfThree = { pc1: resultOf({ via: "ssh" }), pc2: bmcUnreachable, pc10: resultOf({ via: "power-cycle" }) };
const skipped = resultOf({ status: 1, outcome: "skipped", reason: "type-not-rebootable" });

describe("flags become the command's arguments", () => {
  const table: readonly (readonly [line: string, args: object])[] = [
    ["pc[1-2] PC3,pc1", { nodelist: ["pc1", "pc2", "pc3"] }],
    ["pc[1-4] -x pc2 !pc3 -x pc4", { nodelist: ["pc1"] }],
    ["-e Proj/exp", { experiment: "proj/exp" }],
    ["--free", { freemode: true }],
    [
      "pc1 -f -k -c --prepare -w --force",
      {
        nodelist: ["pc1"],
        powercycle: true,
        killmode: true,
        reconfig: true,
        prepare: true,
        waitmode: true,
        force: true,
      },
    ],
    ["pc1 --power-cycle --wait --wait-time 20", { nodelist: ["pc1"], powercycle: true, waitmode: true, waittime: 20 }],
    ["pc1 --wait-time 20", { nodelist: ["pc1"], waitmode: true, waittime: 20 }],
    ["pc1 --max-failures 3 --debug", { nodelist: ["pc1"], maxFailures: 3, debug: true }],
    ["pc1 --max-failures 10%", { nodelist: ["pc1"], maxFailures: "10%" }],
  ];
  for (const [line, args] of table) {
    test(`reboot ${line}`, async () => {
      const { submitted, asked } = await runLine(["reboot", ...line.split(" ")]);
      assert.deepEqual(submitted, ["reboot", args, { op: opId }]);
      assert.deepEqual(asked.at(-1), ["close"]);
    });
  }

  test("the operation has the id that --id chose", async () => {
    const chosen = "f".repeat(32);
    const { submitted } = await runLine(["reboot", "pc1", "--id", chosen]);
    assert.deepEqual(submitted?.[2], { op: chosen });
  });

  test("names come from stdin", async () => {
    const { submitted } = await runLine(["reboot", "-"], { stdin: "pc1\npc2 # the second\n" });
    assert.deepEqual(submitted?.[1], { nodelist: ["pc1", "pc2"] });
  });

  test("a group's nodes come from the inventory, all pages of it", async () => {
    const nodes = nodesNamed("pc1", "pc2", "pc3");
    const { submitted } = await runLine(["reboot", "@all", "!pc2"], { nodes, pageRows: 1 });
    assert.deepEqual(submitted?.[1], { nodelist: ["pc1", "pc3"] });
  });
});

describe("what is malformed is refused before a bus is looked for", () => {
  const table: readonly (readonly [line: string, reason: string, detail: RegExp])[] = [
    ["", "nodelist-empty", /no node is named/u],
    ["pc[1-3", "malformed-arguments", /not closed[^]*pc\[1-3[^]*\^/u],
    ["pc1 --free", "malformed-arguments", /one of NODES, -e PROJ\/EXP and --free/u],
    ["--free -x pc1", "malformed-arguments", /@PROJ\/EXP -x/u],
    ["pc1 --id XYZ", "malformed-arguments", /32 lower-case hexadecimal/u],
    ["pc1 --wait-time soon", "malformed-arguments", /--wait-time takes whole seconds/u],
    ["pc1 --wait-time 0", "malformed-arguments", /--wait-time takes whole seconds/u],
    ["pc1 --max-failures 101%", "malformed-arguments", /--max-failures takes/u],
    ["pc1 --nonsense", "malformed-arguments", /unknown option '--nonsense'/u],
    ["-e", "malformed-arguments", /argument missing/u],
  ];
  for (const [line, reason, detail] of table) {
    test(`reboot ${line}`, async () => {
      const argv = ["reboot", "--json", ...line.split(" ").filter(Boolean)];
      const { status, document, asked, stderr } = await runLine(argv);
      const refusal = document as Record<string, unknown>;
      assert.equal(status, 255);
      assert.equal(refusal["code"], -1);
      assert.equal(refusal["reason"], reason);
      assert.match(String(refusal["detail"]), detail);
      assert.deepEqual(refusal["results"], {});
      assert.deepEqual(Object.keys(refusal), ["op", "verb", "user", "code", "reason", "detail", "results"]);
      assert.match(stderr, new RegExp(`refused \\(${reason}\\)`, "u"));
      assert.deepEqual(asked, []);
    });
  }
});

describe("a refusal is exit status 255 and says why", () => {
  test("by the agent", async () => {
    const operation = () => refusedOperation("node-unknown", "no such node: pc99");
    const { status, document, stderr } = await runLine(["reboot", "pc99", "--json"], { operation });
    assert.equal(status, 255);
    assert.deepEqual(document, {
      op: opId,
      verb: "reboot",
      user: "admin",
      code: -1,
      reason: "node-unknown",
      detail: "no such node: pc99",
      results: {},
    });
    assert.match(stderr, /refused \(node-unknown\): no such node: pc99\n {2}check the names with: reveille nodes/u);
  });

  test("because the bus cannot be reached", async () => {
    const busError = new BusUnreachableError("no answer at nats://127.0.0.1:1");
    const { status, stderr } = await runLine(["reboot", "pc1"], { busError });
    assert.equal(status, 255);
    assert.match(stderr, /refused \(bus-unreachable\)/u);
  });

  test("because a group is not known", async () => {
    const { status, stderr, submitted } = await runLine(["reboot", "@nonsense"]);
    assert.equal(status, 255);
    assert.match(stderr, /there is no group @nonsense; groups are @free/u);
    assert.equal(submitted, undefined);
  });

  test("because what is left is nothing", async () => {
    const { status, stderr } = await runLine(["reboot", "pc1", "-x", "pc[1-9]"]);
    assert.equal(status, 255);
    assert.match(stderr, /refused \(nodelist-empty\)/u);
  });

  test("because a list cannot be read", async () => {
    const { status, stderr } = await runLine(["reboot", "@file:missing.txt"]);
    assert.equal(status, 255);
    assert.match(stderr, /cannot read the nodes listed in missing.txt: no such file/u);
  });
});

describe("results", () => {
  test("a pipe gets one plain line a node, and the exit status counts the failures", async () => {
    const { status, stdout, stderr } = await runLine(["reboot", "pc[1,2,10]"], {
      operation: () => operationOf(twoOfThree),
    });
    assert.equal(status, 1);
    assert.equal(
      stdout,
      "pc1: succeeded via ssh — silence-observed\n" +
        "pc2: failed bmc-unreachable — nothing answers at the BMC's address\n" +
        "pc10: succeeded via power-cycle — silence-observed\n",
    );
    assert.equal(stderr, "");
  });

  test("--json prints one document, the nodes in natural order", async () => {
    const { stdout, document } = await runLine(["reboot", "pc1", "--json"], {
      operation: () => operationOf(twoOfThree),
    });
    assert.deepEqual(document, {
      op: opId,
      verb: "reboot",
      user: "admin",
      code: 1,
      results: twoOfThree,
    });
    assert.equal(stdout.split("\n").length, 2);
    assert(stdout.indexOf('"pc2":') < stdout.indexOf('"pc10":'));
  });

  test("--events prints each event on a line, and the document last", async () => {
    const step = {
      kind: "step",
      node: "pc1",
      at: "2026-01-02T03:04:05.000Z",
      phase: "ssh",
      step: "ssh-reboot",
      attempt: 1,
    } as const;
    const operation = () => operationOf(twoOfThree, { steps: [step] });
    const { stdout } = await runLine(["reboot", "pc1", "--events"], { operation });
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map((line) => line["kind"] ?? line["code"]),
      ["step", "result", "result", "result", 1],
    );
  });

  test("--debug tells the steps on stderr", async () => {
    const step = {
      kind: "step",
      node: "pc1",
      at: "2026-01-02T03:04:05.000Z",
      phase: "ssh",
      step: "ssh-reboot",
      attempt: 1,
    } as const;
    const operation = () => operationOf(twoOfThree, { steps: [step] });
    const { stderr } = await runLine(["reboot", "pc1", "--debug"], { operation });
    assert.equal(stderr, "2026-01-02T03:04:05.000Z pc1: ssh/ssh-reboot (attempt 1)\n");
  });

  test("a terminal gets a folded summary at the end", async () => {
    const { stdout } = await runLine(["reboot", "pc1"], { isTerminal: true, operation: () => operationOf(twoOfThree) });
    const plain = stdout.replace(/\u001b\[\d+m/gu, "");
    assert.match(
      plain,
      /\n\nreboot [0-9a-f]{32}: 3 nodes, code 1\nsucceeded: pc\[1,10\]\nfailed bmc-unreachable: pc2 — /u,
    );
  });

  test("300 failures are exit status 250, and the code says 300", async () => {
    const results = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`pc${n}`, bmcUnreachable]));
    const operation = () => operationOf(results);
    const { status, document } = await runLine(["reboot", "pc[0-299]", "--yes", "--json"], { operation });
    assert.equal(status, 250);
    assert.equal((document as { code: number }).code, 300);
  });

  test("--ignore-skipped leaves skipped nodes out of the code, and in the results", async () => {
    const operation = () => operationOf({ pc1: skipped, pc2: bmcUnreachable });
    const { status, document } = await runLine(["reboot", "pc[1,2]", "--json", "--ignore-skipped"], { operation });
    assert.equal(status, 1);
    assert.deepEqual(Object.keys((document as { results: object }).results), ["pc1", "pc2"]);
    assert.equal((await runLine(["reboot", "pc[1,2]"], { operation })).status, 2);
  });

  test("--async prints the id alone and waits for nothing", async () => {
    const operation = operationOf({}, { isEndless: true });
    const { status, stdout } = await runLine(["reboot", "pc1", "--async"], { operation: () => operation });
    assert.equal(status, 0);
    assert.equal(stdout, `${opId}\n`);
    assert.deepEqual(operation.deeds, ["detach"]);
    const { document } = await runLine(["reboot", "pc1", "--async", "--json"], { operation: () => operation });
    assert.deepEqual(document, { op: opId, verb: "reboot", user: "admin" });
  });
});

describe("it is asked once before a destructive command on more than 16 nodes", () => {
  test("16 nodes are not asked about", async () => {
    const { questions, submitted } = await runLine(["reboot", "pc[1-16]"], { answer: false });
    assert.deepEqual(questions, []);
    assert(submitted);
  });

  test("yes goes on, no touches nothing", async () => {
    const yes = await runLine(["reboot", "pc[1-17]", "-f"], { answer: true });
    assert.deepEqual(yes.questions, ["power cycle 17 nodes?"]);
    assert(yes.submitted);
    const no = await runLine(["reboot", "pc[1-17]"], { answer: false });
    assert.equal(no.submitted, undefined);
    assert.equal(no.status, 255);
  });

  test("without a terminal --yes is needed, and --json says so too", async () => {
    const { status, document, submitted } = await runLine(["reboot", "pc[1-17]", "--json"]);
    assert.equal(status, 255);
    assert.equal((document as { reason: string }).reason, "malformed-arguments");
    assert.match((document as { detail: string }).detail, /to reboot 17 nodes needs --yes/u);
    assert.equal(submitted, undefined);
    assert((await runLine(["reboot", "pc[1-17]", "--yes"])).submitted);
  });

  test("the nodes of an experiment and the free ones are counted first", async () => {
    const nodes = nodesNamed(...Array.from({ length: 17 }, (_, n) => `pc${n}`));
    const free = await runLine(["reboot", "--free"], { nodes, answer: true });
    assert.deepEqual(free.questions, ["reboot 17 nodes?"]);
    const held = nodes.map((node) => ({ ...node, experiment: "proj/exp" }));
    const experiment = await runLine(["reboot", "-e", "proj/exp"], { nodes: held });
    assert.equal(experiment.status, 255);
  });
});

describe("an operation outlives who began it", () => {
  test("Ctrl-C detaches, says how to wait, and cancels nothing", async () => {
    const operation = operationOf(twoOfThree, { isEndless: true });
    const { status, stderr, stdout, asked } = await runLine(["reboot", "pc1"], {
      operation: () => operation,
      onListening: (interrupt) => setImmediate(interrupt),
    });
    assert.equal(status, 254);
    assert.match(stderr, new RegExp(`the operation goes on.*reveille wait ${opId}`, "u"));
    assert.match(stdout, /^pc1: /u);
    assert.deepEqual(operation.deeds, ["detach"]);
    assert.deepEqual(asked.at(-1), ["close"]);
  });

  test("Ctrl-C before anything was asked for says so, and nothing is asked for later", async () => {
    const { status, stderr, submitted } = await runLine(["reboot", "pc1"], {
      onListening: (interrupt) => interrupt(),
    });
    assert.equal(status, 254);
    assert.match(stderr, /nothing was asked for/u);
    assert.equal(submitted, undefined);
  });

  test("a lost answer is exit status 253 and says how to ask", async () => {
    const operation = () => {
      throw new AnswerLostError(opId, "the registry did not answer");
    };
    const { status, stderr, document } = await runLine(["reboot", "pc1", "--json"], { operation });
    assert.equal(status, 253);
    assert.match(stderr, new RegExp(`reveille wait ${opId}`, "u"));
    assert.equal((document as { code: unknown }).code, null);
    assert.equal((document as { reason: unknown }).reason, "answer-lost");
  });

  test("a fault of ours after the command left is 253 too, never a refusal", async () => {
    const operation = () => {
      throw new BusUnreachableError("gone");
    };
    const { status, stderr } = await runLine(["reboot", "pc1"], { operation });
    assert.equal(status, 253);
    assert.match(stderr, new RegExp(`reveille wait ${opId}`, "u"));
  });
});

describe("--dry-run touches nothing", () => {
  const nodes = nodesNamed("pc1", "pc2", "pc3").map((node) =>
    node.node === "pc3" ? { ...node, holder: "f".repeat(32), experiment: "proj/exp" } : node,
  );

  test("it says what would be asked for, and who holds what", async () => {
    const { status, stdout, submitted } = await runLine(["reboot", "pc[1-3]", "-w", "--dry-run"], { nodes });
    assert.equal(status, 0);
    assert.equal(submitted, undefined);
    assert.equal(
      stdout,
      "would ask for: reboot waitmode=true\n" +
        "on 3 nodes: pc[1-3]\n" +
        "of experiment proj/exp: pc3\n" +
        `busy, held by operation ${"f".repeat(32)}: pc3\n` +
        "now nothing reported yet: pc[1-3]\n" +
        "nothing was touched\n",
    );
  });

  test("it is refused where the command would be", async () => {
    const plan = { ok: false, reason: "permission-denied", detail: "ann has no right to pc7" } as const;
    const denied = await runLine(["reboot", "pc[1-9]", "--dry-run"], { nodes, plan });
    assert.equal(denied.status, 255);
    assert.match(denied.stderr, /permission-denied\): ann has no right to pc7/u);
  });

  test("it says how nodes would end at once, and what would be done with the others", async () => {
    const result = resultOf({ status: 1, outcome: "busy", reason: "node-locked" });
    const planned = [
      { node: "pc1", plan: "reload base", estimateS: 90 },
      { node: "pc2", plan: "reboot", estimateS: 40 },
      { node: "pc3", result },
    ];
    const plan = { ok: true, answer: { nodes: planned } } as const;
    const { stdout } = await runLine(["setup", "proj/exp", "--dry-run"], { nodes, plan });
    assert.match(stdout, /^reload base, about 90 s: pc1\nreboot, about 40 s: pc2$/mu);
    assert.match(stdout, /^would end busy \(node-locked\): pc3$/mu);
    assert.match(stdout, /^the slowest takes about 90 s$/mu);
  });

  test("--json has the plan as one document", async () => {
    const { document } = await runLine(["reboot", "pc1", "--dry-run", "--json"], { nodes });
    assert.deepEqual(document, {
      op: opId,
      verb: "reboot",
      user: "admin",
      code: 0,
      isDryRun: true,
      args: { nodelist: ["pc1"] },
      nodes: [{ node: "pc1", type: "pc" }],
    });
  });
});
