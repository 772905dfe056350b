import pLimit from "p-limit";
import { type RebootArgs, type PowerArgs, hasShape, settingsWith } from "../../contracts/index.ts";
import { type AdmittedRun, type ReachFacts, type Sql, readBmcFacts, readReachFacts } from "../../infra/db/index.ts";
import type { Liveness, LivenessTarget } from "../../infra/liveness/index.ts";
import { type Insistence, IpmiPower, bmcNameOf } from "../../infra/power/index.ts";
import type { CommandKnock } from "../runtime/commands/handle-command.ts";
import { unstartedResult } from "../runtime/commands/unstarted-result.ts";
import { decideAccess } from "./bmc/decide-access.ts";

/** Probes that are under way at once. */
const maxProbes = 256;
const probeWithinMs = 1_000;

/**
 * What a dry run tells of reboots and power actions: by which way a node would be restarted, which is seen by one probe,
 * and what is recorded of its BMC. No BMC is asked: a question could lock its user out.
 */
export function createForesight({ sql, liveness }: { readonly sql: Sql; readonly liveness: Liveness }) {
  const limit = pLimit(maxProbes);

  const isAnswering = ({ address, liveness: probe, settings }: ReachFacts): Promise<boolean> => {
    const target = { address, probe: (probe ?? settingsWith(settings).liveness) as LivenessTarget["probe"] };
    const { signal } = new AbortController();
    return limit(() => liveness.isAnswering(target, { tries: 1, withinMs: probeWithinMs, signal }));
  };

  async function planOf(args: RebootArgs, reach: ReachFacts): Promise<string> {
    if (reach.host !== null) return `reboot on its host ${reach.host}`;
    if (args.powercycle) return "power cycle";
    if (!(await isAnswering(reach))) return "does not answer: power cycle, or power on if it is off";
    return args.reconfig ? "reconfigure over ssh, else reboot" : "reboot over ssh, else by its power";
  }

  return async ({ verb, command }: CommandKnock, runs: readonly AdmittedRun[]): Promise<readonly AdmittedRun[]> => {
    const open = runs.filter(({ result, waitsFor }) => !result && waitsFor === undefined).map(({ node }) => node);
    const reached = await readReachFacts(sql, open);
    const failures = await bmcFailures(sql, [...reached.values()], insistenceOf(verb, command.args as PowerArgs));
    const now = new Date().toISOString();
    return Promise.all(
      runs.map(async (run) => {
        const reach = reached.get(run.node);
        if (!reach) return run;
        const failure = failures.get(run.node);
        if (verb === "reboot") {
          const plan = await planOf(command.args as RebootArgs, reach);
          return { ...run, plan, ...(failure ? { obstacle: failure.detail } : {}) };
        }
        if (!failure) return run;
        return { ...run, result: unstartedResult("failed", failure.reason, now, { detail: failure.detail }) };
      }),
    );
  };
}

function insistenceOf(verb: string, { action, force }: PowerArgs): Insistence {
  if (verb !== "power") return "none";
  return force ? "all" : action === "status" ? "unreachable" : "none";
}

/** Of the nodes whose only power driver is a BMC that would not even be asked: why. */
async function bmcFailures(sql: Sql, nodes: readonly ReachFacts[], insistence: Insistence) {
  const questions = nodes.flatMap(({ node, power }) =>
    hasShape(IpmiPower, power) ? [{ node, power, insistence }] : [],
  );
  const keys = questions.map(({ node, power }) => ({ node, bmc: bmcNameOf(power) }));
  const facts = await readBmcFacts(sql, keys);
  return new Map(
    questions.flatMap((question, index) => {
      const known = facts[index];
      const decision = known && decideAccess(question, known);
      return decision?.kind === "no" ? [[question.node, decision.failure] as const] : [];
    }),
  );
}
