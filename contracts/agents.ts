/** The privilege domains that publish on inboxes or serve commands: each an identity, a database role and an OS user. */
export const agentNames = ["reboot", "reload", "setup", "registry", "boot", "gateway"] as const;
export type AgentName = (typeof agentNames)[number];

export function isAgentName(name: string): name is AgentName {
  return (agentNames as readonly string[]).includes(name);
}
