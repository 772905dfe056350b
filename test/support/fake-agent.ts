import { type InboxPublisher, type Knock, createInboxPublisher, openFrontDoor } from "../../bus/index.ts";
import {
  type NodeEvent,
  type NodeResult,
  type OperationAnswer,
  agentOfVerb,
  askerOf,
  statusOf,
  subjectsOf,
  verbs,
} from "../../contracts/index.ts";
import { type TestBus, testSite } from "./test-bus.ts";

type CommandKnock = Extract<Knock, { kind: "command" }>;
type QueryKnock = Extract<Knock, { kind: "query" }>;

/** What the fake agents share with the real ones: the door that they open and the pen with which they answer. */
interface FakeAgent<K> {
  /** Everything that came through the door, in its order. */
  readonly heard: readonly K[];
  readonly say: InboxPublisher;
  /** Resolves with the n-th knock (from 1) once it has come. */
  knock(n: number): Promise<K>;
  leave(): Promise<void>;
}

/** A reboot agent that does what a test says, on the real bus. */
export function startFakeReboot(
  bus: TestBus,
  onCommand: (knock: CommandKnock, say: InboxPublisher, n: number) => void = () => undefined,
): Promise<FakeAgent<CommandKnock>> {
  const subjects = verbs
    .filter((verb) => agentOfVerb(verb) === "reboot")
    .map((verb) => subjectsOf(testSite).command(verb, askerOf(verb) ?? "*"));
  return startFakeAgent(bus, "reboot", subjects, (knock) => (knock.kind === "command" ? knock : undefined), onCommand);
}

/** A registry that answers every query as a test says. */
export function startFakeRegistry(
  bus: TestBus,
  onQuery: (knock: QueryKnock, say: InboxPublisher, n: number) => void,
): Promise<FakeAgent<QueryKnock>> {
  const subjects = [subjectsOf(testSite).query("*", "*")];
  return startFakeAgent(bus, "registry", subjects, (knock) => (knock.kind === "query" ? knock : undefined), onQuery);
}

/** A registry that knows these operations and tells of them in one page. */
export function startFakeLedger(
  bus: TestBus,
  operations: ReadonlyMap<string, OperationAnswer>,
): Promise<FakeAgent<QueryKnock>> {
  return startFakeRegistry(bus, ({ to, args }, say) => {
    const known = "op" in args ? operations.get(args.op) : undefined;
    if (known) say.answer(to, known);
    else say.rejected(to, "operation-unknown", "no such operation");
  });
}

async function startFakeAgent<K extends Knock>(
  bus: TestBus,
  agent: "reboot" | "registry",
  subjects: readonly string[],
  wanted: (knock: Knock) => K | undefined,
  onKnock: (knock: K, say: InboxPublisher, n: number) => void,
): Promise<FakeAgent<K>> {
  const connection = await bus.join(agent);
  const say = createInboxPublisher(connection, testSite, agent);
  const heard: K[] = [];
  const waiting = new Map<number, (knock: K) => void>();
  const door = openFrontDoor({
    connection,
    agent,
    subjects,
    identify: (publicKey) => bus.identify(publicKey),
    onKnock: async (knock) => {
      if (knock.kind === "refused") say.rejected(knock.to, knock.reason, knock.detail);
      const mine = wanted(knock);
      if (!mine) return;
      const n = heard.push(mine);
      onKnock(mine, say, n);
      waiting.get(n)?.(mine);
    },
    onFault: (error) => {
      throw error;
    },
  });
  await connection.flush();
  return {
    heard,
    say,
    knock: (n) => {
      const already = heard[n - 1];
      return already ? Promise.resolve(already) : new Promise((resolve) => waiting.set(n, resolve));
    },
    async leave() {
      await door.close();
      await connection.close();
    },
  };
}

const at = "2025-01-01T00:00:00.000Z";

/** A node's result with that outcome. */
export function resultOf(outcome: "succeeded" | "failed", detail?: string): NodeResult {
  const reason = outcome === "succeeded" ? "power-read-back" : "bmc-unreachable";
  const common = { status: statusOf(outcome), outcome, reason, attempts: 1, startedAt: at, finishedAt: at } as const;
  return detail === undefined ? common : { ...common, detail };
}

export function resultEvent(node: string, outcome: "succeeded" | "failed" = "succeeded", detail?: string): NodeEvent {
  return { kind: "result", node, result: resultOf(outcome, detail) };
}

export function stepEvent(node: string, step = "ssh-reboot"): NodeEvent {
  return { kind: "step", node, at, phase: "ssh", step, attempt: 1 };
}

/** What a ledger tells of an operation of `nodeCount` nodes, those in `results` ended. */
export function ledgerAnswer(
  op: string,
  nodeCount: number,
  results: Readonly<Record<string, NodeResult>>,
  user = "alice",
): OperationAnswer {
  const ended = Object.values(results);
  return {
    operation: {
      op,
      verb: "reboot",
      user,
      state: ended.length === nodeCount ? "finished" : "running",
      cancelRequested: false,
      nodeCount,
      doneCount: ended.length,
      failedCount: ended.filter(({ status }) => status === 1).length,
      createdAt: at,
    },
    results: { ...results },
    asOf: at,
  };
}
