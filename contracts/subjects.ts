import { type AgentName, isAgentName } from "./agents.ts";
import { NodeName, OpId, SiteName, UserName } from "./names.ts";
import { hasShape } from "./validate.ts";

/**
 * Every NATS subject of Reveille, built and parsed here alone.
 *
 * ```
 * rv.<site>.cmd.<verb>.<user>            a command; queue group = the verb's agent
 * rv.<site>.query.<name>.<user>          a read; queue group = registry
 * rv.<site>.inbox.<user>.<op>.<agent>    the reply inbox; the publisher stands last, and only it may publish there
 * rv.<site>.state.<node>                 a node changed state
 * rv.<site>.progress.<node>              a node loads an image; kept nowhere
 * rv.<site>.wake.<agent>                 there is work in that agent's ledger
 * ```
 * Site, user, node and op never hold a dot, a space or a wildcard: `names.ts` sees to that, so joining is safe.
 */
export interface SubjectBuilder {
  command(verb: string, user: string): string;
  query(name: string, user: string): string;
  inbox(user: string, op: string, agent: AgentName): string;
  state(node: string): string;
  progress(node: string): string;
  wake(agent: AgentName): string;
}

export function subjectsOf(site: string): SubjectBuilder {
  const prefix = `rv.${site}`;
  return {
    command: (verb, user) => `${prefix}.cmd.${verb}.${user}`,
    query: (name, user) => `${prefix}.query.${name}.${user}`,
    inbox: (user, op, agent) => `${prefix}.inbox.${user}.${op}.${agent}`,
    state: (node) => `${prefix}.state.${node}`,
    progress: (node) => `${prefix}.progress.${node}`,
    wake: (agent) => `${prefix}.wake.${agent}`,
  };
}

export type ParsedSubject =
  | { readonly kind: "cmd"; readonly site: string; readonly verb: string; readonly user: string }
  | { readonly kind: "query"; readonly site: string; readonly name: string; readonly user: string }
  | {
      readonly kind: "inbox";
      readonly site: string;
      readonly user: string;
      readonly op: string;
      readonly agent: AgentName;
    }
  | { readonly kind: "state" | "progress"; readonly site: string; readonly node: string }
  | { readonly kind: "wake"; readonly site: string; readonly agent: AgentName };

/**
 * The parts of one of our subjects, or undefined for anything else: a stray subject is ignored, never guessed at. Names
 * are checked, so that no wildcard or foreign token passes for somebody; a verb or query may still be an unknown one.
 */
export function parseSubject(subject: string): ParsedSubject | undefined {
  const [root, site, kind, first, second, third, ...rest] = subject.split(".");
  if (root !== "rv" || !hasShape(SiteName, site) || !first || rest.length > 0) return undefined;
  switch (kind) {
    case "cmd":
      return hasShape(UserName, second) && third === undefined ? { kind, site, verb: first, user: second } : undefined;
    case "query":
      return hasShape(UserName, second) && third === undefined ? { kind, site, name: first, user: second } : undefined;
    case "inbox":
      return hasShape(UserName, first) && hasShape(OpId, second) && third !== undefined && isAgentName(third)
        ? { kind, site, user: first, op: second, agent: third }
        : undefined;
    case "state":
    case "progress":
      return hasShape(NodeName, first) && second === undefined ? { kind, site, node: first } : undefined;
    case "wake":
      return second === undefined && isAgentName(first) ? { kind, site, agent: first } : undefined;
    case undefined:
    default:
      return undefined;
  }
}
