import Type from "typebox";
import { NodeName } from "./names.ts";

const count = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 100_000, default: value, description });
const seconds = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 86_400, default: value, description });
const milliseconds = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 86_400_000, default: value, description });

/** How it is seen whether a node runs: `icmp`, or that something listens on a port. */
export const LivenessProbe = Type.String({ pattern: "^(?:icmp|tcp:[1-9][0-9]{0,4})$" });

/** The ways to control a node's power. */
export const powerDriverNames = ["ipmi", "command", "none"] as const;
export type PowerDriverName = (typeof powerDriverNames)[number];

/**
 * Every time and count that governs how a node of one type is rebooted and reloaded, with the defaults of BEHAVIOUR §3 and §4. A node type
 * records only what differs. Units stand in the names.
 */
export const NodeTypeSettings = Type.Object({
  liveness: Type.Union([LivenessProbe], {
    default: "tcp:22",
    description: "how it is seen whether a node runs, unless it says otherwise: icmp or tcp:PORT",
  }),
  powerOrder: Type.Optional(
    Type.Array(Type.Enum([...powerDriverNames]), {
      minItems: 1,
      uniqueItems: true,
      description: "which of a node's power drivers is tried first, and which next; left out: as the node has them",
    }),
  ),
  loader: Type.Optional(
    Type.Union([NodeName], {
      description: "which of the boot agent's loaders writes its images; left out: its kernelFile and ramdiskFile",
    }),
  ),
  probeTries: count(8, "liveness probes before a node counts as not answering"),
  probeWithinMs: milliseconds(2_000, "over which the liveness probes are spread"),
  reconfigureMs: milliseconds(30_000, "for the reconfiguration of a running OS over ssh"),
  prepareMs: milliseconds(60_000, "for the prepare hook over ssh"),
  sshConnectMs: milliseconds(10_000, "of those for any command over ssh, for the node's sshd to prove itself"),
  sshRebootMs: milliseconds(20_000, "for the reboot command over ssh"),
  silenceIntervalMs: milliseconds(1_000, "between two probes while waiting for silence"),
  silencePolls: count(30, "probes in which silence must be seen after the reboot command"),
  preparedSilencePolls: count(200, "the same after a prepare hook"),
  diagSilencePolls: count(20, "the same after a diagnostic interrupt"),
  silenceMisses: count(3, "probes without an answer in a row that make silence"),
  subnodesS: seconds(600, "for loads of the nodes that are built into it to end, before a reboot begins"),
  wakeMs: milliseconds(5_000, "for a node in PXEWAIT to answer a wake-up"),
  bmcConnectMs: milliseconds(20_000, "for a session with the BMC to be opened"),
  bmcMs: milliseconds(20_000, "for one exchange with the BMC over its session, and for a power action to leave"),
  bmcHoldMs: milliseconds(30_000, "for which a BMC is left alone at which nothing answered"),
  powerConfirmMs: milliseconds(60_000, "for an accepted power action to read back"),
  powerPollMs: milliseconds(1_000, "between two reads of the power state"),
  restartS: seconds(
    1_800,
    "for a reboot that a reload or a setup asks for, from the asking to its end, the wait for the circuit's turn included",
  ),
  waitTimeS: seconds(360, "to wait for ISUP after the node's own restart, unless the command says otherwise"),
  biosTimeS: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 86_400,
      description:
        "from power-on to the boot loader; a setup waits for ISUP by it and by the OS's boot time, both doubled",
    }),
  ),
  setupWaitS: seconds(420, "for ISUP in a setup, where the BIOS time or the OS's boot time is not recorded"),
  reloadStartS: seconds(360, "from the power action or shutdown of a reload to RELOADSETUP"),
  reloadBaseS: seconds(600, "for a whole load, beside the time that its images' sizes add"),
  reloadPerMiBS: Type.Number({
    minimum: 0,
    maximum: 3_600,
    default: 0.65,
    description: "seconds for each MiB of the compressed images, added up",
  }),
  zeroFreePerGBS: Type.Number({
    minimum: 0,
    maximum: 3_600,
    default: 60,
    description: "seconds for each GB of disk that is zeroed, instead of those for the images",
  }),
  reloadStallS: seconds(120, "without progress before a load counts as stalled"),
  powerDelayS: Type.Integer({
    minimum: 0,
    maximum: 86_400,
    default: 60,
    description: "seconds between two power on or cycle commands of one node; admins are exempt",
  }),
});
export type NodeTypeSettings = Type.Static<typeof NodeTypeSettings>;

/** What a node type records: only what differs from the defaults. */
export const NodeTypeOverrides = Type.Partial(NodeTypeSettings, { additionalProperties: false });
export type NodeTypeOverrides = Type.Static<typeof NodeTypeOverrides>;

/** The settings of BEHAVIOUR §3 and §4. */
export const defaultNodeTypeSettings = Object.fromEntries(
  Object.entries(NodeTypeSettings.properties).map(([name, schema]) => [
    name,
    (schema as { default?: unknown }).default,
  ]),
) as unknown as NodeTypeSettings;

export function settingsWith(overrides: NodeTypeOverrides): NodeTypeSettings {
  return Object.assign(Object.create(defaultNodeTypeSettings) as NodeTypeSettings, overrides);
}
