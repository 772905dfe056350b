import type { AgentName } from "../../contracts/index.ts";

/** The database role an agent logs in as; the same name is its OS user in production. */
export function roleOf(agent: AgentName): string {
  return `reveille-${agent}`;
}
