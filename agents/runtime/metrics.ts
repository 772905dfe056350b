import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { NodeResult } from "../../contracts/index.ts";

/** What one agent counts, for Prometheus. Names and labels are an interface: dashboards rest on them. */
export interface AgentMetrics {
  /** `reveille_refusals_total{cause}`: messages that the door turned away, and commands that admission refused. */
  countRefusal(cause: string): void;
  /** `reveille_operations_total{verb}`: operations admitted. */
  countOperation(verb: string): void;
  /** `reveille_node_runs_total{outcome,reason}`: node runs that ended. */
  countNodeRun(result: NodeResult): void;
  /** `reveille_odd_states_total{state,why}`: states of nodes that came unexpected, or lasted too long. */
  countOddState(state: string, why: "unexpected" | "timeout"): void;
  /** `reveille_leases_lost_total`: runs that were taken from this replica. */
  countLostLease(): void;
  /** `reveille_bmc_outages_total`: healthy BMCs at which nothing answered any more, so that they are left alone for a while. */
  countBmcOutage(): void;
  /** `reveille_step_seconds{step}`: how long steps of node runs take. */
  observeStep(step: string, seconds: number): void;
  /** A gauge that is read when it is asked for, e.g. `reveille_held_runs`. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  /** All of it in Prometheus's text format. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** Upper bounds of the histogram of steps, seconds: from one packet on a LAN to the boot of a large server. */
const stepBuckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000];

/** `isServed`: the process's own figures are gathered too, which takes a timer that an unwatched agent need not pay for. */
export function createMetrics(agent: string, { isServed }: { readonly isServed: boolean }): AgentMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ agent });
  if (isServed) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const refusals = new Counter({
    name: "reveille_refusals_total",
    help: "Messages turned away at the door and commands refused, by cause",
    labelNames: ["cause"],
    registers,
  });
  const operations = new Counter({
    name: "reveille_operations_total",
    help: "Operations admitted, by verb",
    labelNames: ["verb"],
    registers,
  });
  const nodeRuns = new Counter({
    name: "reveille_node_runs_total",
    help: "Node runs that ended, by outcome and reason",
    labelNames: ["outcome", "reason"],
    registers,
  });
  const oddStates = new Counter({
    name: "reveille_odd_states_total",
    help: "States of nodes that came unexpected, or lasted longer than they should",
    labelNames: ["state", "why"],
    registers,
  });
  const lostLeases = new Counter({
    name: "reveille_leases_lost_total",
    help: "Node runs that were taken from this replica",
    registers,
  });
  const bmcOutages = new Counter({
    name: "reveille_bmc_outages_total",
    help: "BMCs that began to be left alone because nothing answered there",
    registers,
  });
  const steps = new Histogram({
    name: "reveille_step_seconds",
    help: "How long the steps of node runs take",
    labelNames: ["step"],
    buckets: stepBuckets,
    registers,
  });
  return {
    countRefusal: (cause) => refusals.inc({ cause }),
    countOperation: (verb) => operations.inc({ verb }),
    countNodeRun: ({ outcome, reason }) => nodeRuns.inc({ outcome, reason }),
    countOddState: (state, why) => oddStates.inc({ state, why }),
    countLostLease: () => lostLeases.inc(),
    countBmcOutage: () => bmcOutages.inc(),
    observeStep: (step, seconds) => steps.observe({ step }, seconds),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await read());
        },
      });
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
