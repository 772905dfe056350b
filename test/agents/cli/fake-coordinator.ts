import type { Coordinator, Operation } from "../../../agents/cli/coordinator.ts";
import {
  type InventoryDocument,
  type NodeEvent,
  type NodeResult,
  type NodeSummary,
  type OperationSummary,
  type Results,
  codeOf,
} from "../../../contracts/index.ts";

export const opId = "0123456789abcdef0123456789abcdef";

const at = "2026-01-02T03:04:05.000Z";

export function resultOf(fields: Partial<NodeResult> = {}): NodeResult {
  return {
    status: 0,
    outcome: "succeeded",
    reason: "silence-observed",
    attempts: 1,
    startedAt: at,
    finishedAt: "2026-01-02T03:04:07.500Z",
    ...fields,
  };
}

export const bmcUnreachable = resultOf({ status: 1, outcome: "failed", reason: "bmc-unreachable" });

/** An operation that tells `events` and ends; `isEndless` keeps it running until it is detached from. */
export function operationOf(
  results: Results,
  fields: Partial<Operation> & { isEndless?: boolean; steps?: readonly NodeEvent[] } = {},
): Operation & { readonly deeds: string[] } {
  const { isEndless = false, steps = [], ...rest } = fields;
  const deeds: string[] = [];
  return {
    id: opId,
    verb: "reboot",
    user: "admin",
    nodeCount: Object.keys(results).length,
    nodes: Object.keys(results),
    results,
    deeds,
    async wait() {
      return { code: codeOf(Object.values(results)), results };
    },
    async cancel() {
      deeds.push("cancel");
      return { ok: true };
    },
    detach: () => void deeds.push("detach"),
    async *[Symbol.asyncIterator]() {
      yield* steps;
      for (const [node, result] of Object.entries(results)) yield { kind: "result", node, result } as const;
      if (isEndless) await new Promise(() => undefined);
    },
    ...rest,
  };
}

export function refusedOperation(reason: NonNullable<Operation["refusal"]>["reason"], detail: string): Operation {
  return operationOf({}, { refusal: { reason, detail } });
}

export interface FakeSite {
  /** What submit and attach give; a function may throw. */
  operation?: () => Operation;
  nodes?: readonly NodeSummary[];
  operations?: readonly OperationSummary[];
  /** Every query is refused. */
  isSilent?: boolean;
  pageRows?: number;
  /** What each command that makes no operation is answered with, and every kind of entry in the inventory. */
  control?: Awaited<ReturnType<Coordinator["control"]>>;
  plan?: Awaited<ReturnType<Coordinator["plan"]>>;
  inventory?: InventoryDocument;
  sealingKey?: string;
}

/** A site in memory that answers what the commands ask, and writes down what they asked for. */
export function createFakeCoordinator(site: FakeSite): Coordinator & { readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const operation = () => (site.operation ? site.operation() : operationOf({}));
  const query: Coordinator["query"] = async (name, args) => {
    asked.push(["query", name, args]);
    if (site.isSilent) return { ok: false, reason: "no-agent-listening", detail: "no registry agent is listening" };
    return { ok: true, answer: answerOf(site, name, args as Readonly<Record<string, unknown>>) as never };
  };
  return {
    user: "admin",
    site: "local",
    asked,
    query,
    async submit(verb, args, options) {
      asked.push(["submit", verb, args, options]);
      return operation();
    },
    async control(verb, args) {
      asked.push(["control", verb, args]);
      return site.control ?? { ok: true, answer: {} };
    },
    async plan(verb, args) {
      asked.push(["plan", verb, args]);
      const known = site.nodes ?? [];
      const { nodelist } = args as { readonly nodelist?: readonly string[] };
      const names = nodelist ?? known.map(({ node }) => node);
      return site.plan ?? { ok: true, answer: { nodes: names.map((node) => ({ node })) } };
    },
    async attach(op) {
      asked.push(["attach", op]);
      return operation();
    },
    async close() {
      asked.push(["close"]);
    },
  };
}

function answerOf(site: FakeSite, name: string, args: Readonly<Record<string, unknown>>): unknown {
  const nodes = site.nodes ?? [];
  switch (name) {
    case "nodes": {
      const group = args["group"] as string | undefined;
      const asked = args["nodelist"] as readonly string[] | undefined;
      const after = args["after"] as string | undefined;
      const inGroup = nodes.filter((node) => isIn(node, group) && (!asked || asked.includes(node.node)));
      const rest = inGroup.slice(after === undefined ? 0 : inGroup.findIndex((node) => node.node === after) + 1);
      const page = rest.slice(0, site.pageRows ?? 1_000);
      const next = page.length < rest.length ? { next: page.at(-1)?.node } : {};
      const unknown = asked?.filter((node) => !nodes.some((summary) => summary.node === node)) ?? [];
      const groupKnown = group === undefined || group === "free" || inGroup.length > 0;
      return { nodes: page, unknown, groupKnown, ...next };
    }
    case "operations":
      return { operations: site.operations ?? [] };
    case "operation":
      return { operation: site.operations?.[0], results: site.operation?.().results ?? {}, asOf: at };
    case "history":
      return {
        known: nodes.some((summary) => summary.node === args["node"]),
        entries: [{ at, state: "ISUP", expected: true, reportedBy: "address", bootId: "b0075eed-1" }],
      };
    case "inventory": {
      const kind = args["kind"] as keyof InventoryDocument;
      return { document: { [kind]: site.inventory?.[kind] ?? [] } };
    }
    case "sealing-key":
      return site.sealingKey === undefined ? {} : { publicKey: site.sealingKey };
    default:
      throw new Error(`the fake site knows no query '${name}'`);
  }
}

function isIn(node: NodeSummary, group: string | undefined): boolean {
  if (group === undefined || group === "all") return true;
  return group === "free" ? node.experiment === undefined : node.experiment === group || node.type === group;
}

export function nodesNamed(...names: string[]): NodeSummary[] {
  return names.map((node) => ({ node, type: "pc" }));
}

export function operationSummary(fields: Partial<OperationSummary> = {}): OperationSummary {
  return {
    op: opId,
    verb: "reboot",
    user: "admin",
    state: "finished",
    cancelRequested: false,
    nodeCount: 2,
    doneCount: 2,
    failedCount: 1,
    createdAt: at,
    finishedAt: "2026-01-02T03:04:15.000Z",
    ...fields,
  };
}
