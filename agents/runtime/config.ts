import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import Type from "typebox";
import { NodeName, SiteName, hasShape, parseJson, problemsOf } from "../../contracts/index.ts";
import type { BacklogLimits } from "../../infra/db/index.ts";

const path = Type.String({ minLength: 1 });

/** What every agent needs: who it is on the bus and in the database. Secrets stand in files of mode 0600, never here. */
const common = {
  /** nkey seed. */
  keyFile: path,
  /** One line: postgres://role:password@host:port/database. */
  databaseUrlFile: path,
  /** Readiness and Prometheus metrics on 127.0.0.1; 0 takes a free port, which is logged. Without it there are none. */
  healthPort: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
};

/** What an agent that admits operations needs besides: how much may wait or run before more is refused as `overloaded`. */
const acting = {
  ...common,
  /** Node runs in all; default 200,000. */
  maxOpenRuns: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Node runs on one user's share; default 100,000. */
  maxOpenRunsOfUser: Type.Optional(Type.Integer({ minimum: 1 })),
  /** How long ended operations are kept, days; default 90. Never less than a command can be replayed. */
  keepOperationsDays: Type.Optional(Type.Number({ minimum: 0.01, maximum: 36_500 })),
};

const RebootSection = Type.Object(
  {
    ...acting,
    /** The root ssh key, and where the nodes' enforced host keys are kept as known_hosts files. */
    sshKeyFile: path,
    knownHostsDir: path,
    /** The X25519 key to which BMC passwords are sealed. */
    sealingKeyFile: path,
  },
  { additionalProperties: false },
);
const MulticastSettings = Type.Object(
  {
    /** The interface that the nodes are reached by; it needs a broadcast address. */
    interface: Type.String({ pattern: "^[A-Za-z0-9_.:-]{1,15}$" }),
    /** A session has this many nodes or more; default 3. */
    minReceivers: Type.Optional(Type.Integer({ minimum: 2, maximum: 512 })),
    /** So long the first node that is ready waits for others of its image, seconds; default 30. */
    windowS: Type.Optional(Type.Number({ minimum: 0, maximum: 90 })),
    /** So long the first node that has joined waits for the session's others, seconds, less than the ramdisk's minute; default 20. */
    joinWindowS: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
    /** A limit that each session keeps beside other traffic; default none. */
    maxMbitPerSecond: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    /** So many sessions are sent at a time; nodes of further images load by HTTP. Default 4. */
    maxSessions: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
  },
  { additionalProperties: false },
);
const ReloadSection = Type.Object(
  {
    ...acting,
    /** The images' files, which only the reload agent writes. */
    imageDir: path,
    /** The private half of the site's image key, PEM: who has it can have nodes run anything. */
    signingKeyFile: path,
    /** Sends an image by udpcast to nodes that are ready for it together; without it all images come by HTTP. */
    multicast: Type.Optional(MulticastSettings),
  },
  { additionalProperties: false },
);
const SetupSection = Type.Object(acting, { additionalProperties: false });
const RegistrySection = Type.Object(
  {
    ...common,
    /** How long what nodes reported is kept, days; default 90. Each node's newest 1,000 reports stay in any case. */
    keepHistoryDays: Type.Optional(Type.Number({ minimum: 1, maximum: 36_500 })),
  },
  { additionalProperties: false },
);
/** More arguments for a loader's kernel: `console=ttyS0,115200`. */
const consoleArgs = Type.Optional(Type.String({ pattern: "^[\\x21-\\x7e][\\x20-\\x7e]*$" }));
const BootSection = Type.Object(
  {
    ...common,
    /** The address and port that nodes talk to; 0 takes a free port. */
    host: Type.String({ minLength: 1 }),
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    /** Where nodes reach it if not at the address that their own connection shows, as behind a balancer: `http://host:port`. */
    publicUrl: Type.Optional(Type.String({ pattern: "^http://[A-Za-z0-9.:\\[\\]-]+$" })),
    /** The images' files. It is enough that they can be read. */
    imageDir: path,
    /** The loader's kernel and ramdisk; without them no node can be reloaded. */
    kernelFile: Type.Optional(path),
    ramdiskFile: Type.Optional(path),
    consoleArgs,
    /** Loaders by name, for nodes whose type names one. */
    loaders: Type.Optional(
      Type.Record(
        NodeName,
        Type.Object({ kernelFile: path, ramdiskFile: path, consoleArgs }, { additionalProperties: false }),
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** A config file of `reveille agent`: a site, and a section for each agent that may run from it. Paths are relative to it. */
export const AgentsConfig = Type.Object(
  {
    site: SiteName,
    url: Type.String({ pattern: "^(nats|tls)://" }),
    ca: Type.Optional(path),
    agents: Type.Object(
      {
        reboot: Type.Optional(RebootSection),
        reload: Type.Optional(ReloadSection),
        setup: Type.Optional(SetupSection),
        registry: Type.Optional(RegistrySection),
        boot: Type.Optional(BootSection),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type AgentsConfig = Type.Static<typeof AgentsConfig>;
export type HostedAgent = keyof AgentsConfig["agents"];

/** The agents that this version can run. */
export const hostedAgents: readonly HostedAgent[] = ["reboot", "reload", "setup", "registry", "boot"];

export type SectionOf<K extends HostedAgent> = NonNullable<AgentsConfig["agents"][K]>;

/** The limits that an acting agent's section sets, with the defaults where it is silent. */
export function backlogLimitsOf({
  maxOpenRuns = 200_000,
  maxOpenRunsOfUser = 100_000,
}: Pick<SectionOf<"reboot">, "maxOpenRuns" | "maxOpenRunsOfUser">): BacklogLimits {
  return { maxRuns: maxOpenRuns, maxRunsOfUser: maxOpenRunsOfUser };
}

/** Thrown for a config that cannot be used; the message says what is wrong and where. */
export class AgentConfigError extends Error {
  readonly code = "agent-config-unusable";
}

/** Reads and checks a config file, and makes its paths absolute. Throws AgentConfigError. */
export async function readAgentsConfig(file: string): Promise<AgentsConfig> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new AgentConfigError(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const parsed = parseJson(text);
  if (!parsed.ok) throw new AgentConfigError(`${file} is not JSON`);
  if (!hasShape(AgentsConfig, parsed.value)) {
    throw new AgentConfigError(`${file} is not valid: ${problemsOf(AgentsConfig, parsed.value)}`);
  }
  return withAbsolutePaths(parsed.value, dirname(resolve(file)));
}

/** The keys that are paths, in a section or deeper in it. */
const pathKeys = new Set([
  "keyFile",
  "databaseUrlFile",
  "sshKeyFile",
  "knownHostsDir",
  "sealingKeyFile",
  "imageDir",
  "kernelFile",
  "ramdiskFile",
  "signingKeyFile",
]);

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withAbsolutePaths(config: AgentsConfig, base: string): AgentsConfig {
  const absolute = <T extends object>(section: T): T =>
    Object.fromEntries(
      Object.entries(section).map(([key, value]) => [
        key,
        pathKeys.has(key) ? resolve(base, String(value)) : isObject(value) ? absolute(value) : value,
      ]),
    ) as T;
  const agents = Object.fromEntries(
    Object.entries(config.agents).map(([kind, section]) => [kind, absolute(section)]),
  ) as AgentsConfig["agents"];
  return { ...config, ...(config.ca === undefined ? {} : { ca: resolve(base, config.ca) }), agents };
}

/** The section of one agent; throws AgentConfigError if the file has none. */
export function sectionOf<K extends HostedAgent>(config: AgentsConfig, kind: K): SectionOf<K> {
  const section = config.agents[kind];
  if (!section) throw new AgentConfigError(`the config has no section agents.${kind}`);
  return section;
}
