import { type Command, InvalidArgumentError } from "commander";
import type { HostedAgent } from "../../runtime/config.ts";
import { untilStopped } from "../up/until-stopped.ts";
import type { Surroundings } from "../surroundings.ts";

/** Where an agent's config is unless `--config` says otherwise. */
const defaultConfigFile = "/etc/reveille/agents.json";

/**
 * How long stopping may take, milliseconds. Past it the process ends anyway: a bus or database that is away must not
 * keep an agent whose host is gone, and a replica may be killed at any instant.
 */
const stopWithinMs = 8_000;

/** The kinds, spelled out here so that help and checks load no agent. */
const kinds: readonly HostedAgent[] = ["reboot", "reload", "setup", "registry", "boot"];

export function declare(command: Command, surroundings: Surroundings): void {
  command
    .argument("<kind...>", `one or more of: ${kinds.join(" ")}`, (kind: string, before: HostedAgent[] | undefined) => {
      const known = kinds.find((name) => name === kind);
      if (!known)
        throw new InvalidArgumentError(`there is no agent '${kind}' in this version; it has: ${kinds.join(" ")}`);
      return [...(before ?? []), known];
    })
    .option("--config <file>", "the site, and a section with key and database files for each kind", defaultConfigFile)
    .addHelpText(
      "after",
      `
Each kind is a privilege domain with an identity, a database role and secrets of its own; in production each runs in
its own process, as its own OS user. Any number of replicas may run side by side.

Examples:
  reveille agent reboot --config /etc/reveille/reboot.json
  reveille agent registry boot --config /etc/reveille/agents.json`,
    )
    .action(async (asked: readonly HostedAgent[], { config: file }: { config: string }) => {
      const { startAgent } = await import("../../host.ts");
      const { readAgentsConfig } = await import("../../runtime/config.ts");
      const { createLog } = await import("../../runtime/log.ts");
      const log = createLog("reveille");
      const config = await readAgentsConfig(file);
      const replicas = await Promise.all(asked.map((kind) => startAgent(kind, config, log)));
      const nodeUrl = replicas.find((replica) => replica.nodeUrl !== undefined)?.nodeUrl;
      process.send?.({ kind: "ready", ...(nodeUrl === undefined ? {} : { nodeUrl }) });
      await untilStopped();
      setTimeout(() => {
        log.warn("stopping took too long, as when the bus is away; what is held is left to other replicas");
        process.exit(1);
      }, stopWithinMs).unref();
      await Promise.all(replicas.map((replica) => replica.stop()));
      if (process.connected) process.disconnect();
      surroundings.setExitStatus(0);
    });
}
