import { readFile } from "node:fs/promises";
import { openDatabase, readNetbootNodes } from "../../../infra/db/index.ts";
import { AgentConfigError, readAgentsConfig, sectionOf } from "../../runtime/config.ts";
import type { BootNetwork } from "./boot-network.ts";

export interface BootNetworkOptions extends Pick<BootNetwork, "subnet" | "interface"> {
  /** The config file of the boot agent. */
  readonly config: string;
  readonly url?: string;
  readonly tftpServer?: string;
}

/** Reads the nodes as the boot agent's own role sees them. Throws AgentConfigError where it is not known how nodes reach it. */
export async function readBootNetwork(options: BootNetworkOptions): Promise<BootNetwork> {
  const { config: file, subnet, ...more } = options;
  const { host, port, publicUrl, databaseUrlFile } = sectionOf(await readAgentsConfig(file), "boot");
  const isFixed = port !== 0 && !["0.0.0.0", "::"].includes(host);
  const url = more.url ?? publicUrl ?? (isFixed ? `http://${host}:${port}` : undefined);
  if (url === undefined) {
    throw new AgentConfigError(`agents.boot of ${file} has no fixed address and port: say --url, or set publicUrl`);
  }
  await using database = openDatabase({
    url: (await readFile(databaseUrlFile, "utf8")).trim(),
    name: "reveille boot-config",
    poolSize: 1,
  });
  const nodes = await readNetbootNodes(database.sql);
  const tftpServer = more.tftpServer ?? new URL(url).hostname;
  return { nodes, url, subnet, tftpServer, ...(more.interface === undefined ? {} : { interface: more.interface }) };
}
