import { type AgentName, agentNames, isAgentName } from "./agents.ts";
import { verbs, agentOfVerb, askerOf, type Verb } from "./commands/index.ts";
import { SiteName, UserName } from "./names.ts";
import { type SubjectBuilder, subjectsOf } from "./subjects.ts";
import { hasShape } from "./validate.ts";

/** What NATS lets one identity do. Both lists are always written: with only one, NATS leaves the other open. */
export interface SubjectPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * A person publishes commands and queries in their own name and reads their own inboxes; nothing else. Throws
 * RangeError for a name that would widen this (`*`, `>`, an agent's): a permission is never made from such a name.
 */
export function personPermissions(site: string, user: string): SubjectPermissions {
  assertSite(site);
  if (!hasShape(UserName, user)) throw new RangeError(`${JSON.stringify(user)} is no user's name`);
  if (isAgentName(user)) throw new RangeError(`the name ${user} is reserved for the agent`);
  const on = subjectsOf(site);
  return { publish: [on.command("*", user), on.query("*", user)], subscribe: [`rv.${site}.inbox.${user}.>`] };
}

/** The verbs an agent sends to another agent on an operation's behalf. */
const asks: Partial<Record<AgentName, readonly Verb[]>> = {
  reboot: ["wake"],
  reload: ["reboot", "cancel-reboot", "console"],
  setup: ["reboot", "reload", "cancel-reboot", "cancel-reload"],
};

/**
 * What each agent may do, from one table; "subject queue" in `subscribe` refuses any other queue and a plain
 * subscription. Throws RangeError for what is no site's name.
 */
export function agentPermissions(site: string, agent: AgentName): SubjectPermissions {
  assertSite(site);
  const on = subjectsOf(site);
  const answers = `rv.${site}.inbox.*.*.${agent}`;
  const ownInboxes = `rv.${site}.inbox.${agent}.>`;
  const states = on.state("*");
  const progress = on.progress("*");
  const worker = (): SubjectPermissions => ({
    publish: [
      answers,
      on.query("*", agent),
      on.wake(agent),
      ...(asks[agent] ?? []).map((verb) => on.command(verb, agent)),
    ],
    subscribe: [...servedBy(on, agent), ownInboxes, states, on.wake(agent)],
  });
  switch (agent) {
    case "reboot":
    case "setup":
      return worker();
    case "reload": {
      // It tells the boot agent of what a node shall boot or load by, and follows how far each has come.
      const { publish, subscribe } = worker();
      return { publish: [...publish, on.wake("boot")], subscribe: [...subscribe, progress] };
    }
    case "registry":
      return {
        publish: [answers, on.wake(agent)],
        subscribe: [`${on.query("*", "*")} ${agent}`, ...servedBy(on, agent), `${states} ${agent}`, on.wake(agent)],
      };
    case "boot":
      return {
        publish: [answers, states, progress, on.query("*", agent), on.wake(agent)],
        subscribe: [...servedBy(on, agent), ownInboxes, on.wake(agent)],
      };
    case "gateway":
      return {
        publish: [on.command("*", agent), on.query("*", agent)],
        subscribe: [ownInboxes, states],
      };
  }
}

/** Every agent's permissions on one site. */
export function allAgentPermissions(site: string): ReadonlyMap<AgentName, SubjectPermissions> {
  return new Map(agentNames.map((agent) => [agent, agentPermissions(site, agent)]));
}

function assertSite(site: string): void {
  if (!hasShape(SiteName, site)) throw new RangeError(`${JSON.stringify(site)} is no site's name`);
}

/** Its own commands, in its queue group; of those that are one agent's to give, it hears that one alone. */
function servedBy(on: SubjectBuilder, agent: AgentName): readonly string[] {
  return verbs
    .filter((verb) => agentOfVerb(verb) === agent)
    .map((verb) => `${on.command(verb, askerOf(verb) ?? "*")} ${agent}`);
}
