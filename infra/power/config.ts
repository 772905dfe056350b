import Type from "typebox";
import { hasShape, problemsOf } from "../../contracts/index.ts";
import { QUIRKS, type Quirk } from "../ipmi-js/index.ts";

const Argument = Type.String({ pattern: "^[^\\u0000]*$", maxLength: 4096 });
const ArgumentList = Type.Array(Argument, { minItems: 1, maxItems: 64 });

/** A BMC that speaks IPMI 2.0 (RMCP+). The password is not here: it comes from a source of credentials. */
export const IpmiPower = Type.Object(
  {
    driver: Type.Literal("ipmi"),
    /** A host name or an address, IPv6 without brackets. */
    address: Type.String({ pattern: "^[A-Za-z0-9:][A-Za-z0-9.:%_-]*$", maxLength: 253 }),
    /** UDP; 623 unless given. */
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    /** IPMI 2.0, table 22-30: at most 16 bytes. */
    username: Type.String({ maxLength: 16 }),
    /** 3 is HMAC-SHA1, 17 is HMAC-SHA256 (IPMI 2.0, table 22-20); 17 unless given. */
    cipherSuite: Type.Optional(Type.Union([Type.Literal(3), Type.Literal(17)])),
    /** Names of deviations of this BMC's firmware, as FreeIPMI calls them. */
    quirks: Type.Optional(Type.Array(Type.Enum([...QUIRKS] as [Quirk, ...Quirk[]]))),
  },
  { additionalProperties: false },
);
export type IpmiPower = Type.Static<typeof IpmiPower>;

/**
 * Any program. An action is a list: the program, then its arguments; no shell ever sees them. An argument that is
 * exactly `{node}` becomes the node's name. `status` prints `on` or `off`. Exit status 0 means that it was done, any other
 * that it was not.
 */
export const CommandPower = Type.Object(
  {
    driver: Type.Literal("command"),
    argv: Type.Object(
      {
        on: Type.Optional(ArgumentList),
        off: Type.Optional(ArgumentList),
        cycle: Type.Optional(ArgumentList),
        reset: Type.Optional(ArgumentList),
        soft: Type.Optional(ArgumentList),
        diag: Type.Optional(ArgumentList),
        status: Type.Optional(ArgumentList),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type CommandPower = Type.Static<typeof CommandPower>;

/** No power control at all, for a test or a benchmark: everything is accepted and nothing happens. */
export const NoPower = Type.Object({ driver: Type.Literal("none") }, { additionalProperties: false });
export type NoPower = Type.Static<typeof NoPower>;

const powerConfigs = { ipmi: IpmiPower, command: CommandPower, none: NoPower } as const;

/** One way in which a node's power is controlled. */
export const PowerConfig = Type.Union([IpmiPower, CommandPower, NoPower]);
export type PowerConfig = Type.Static<typeof PowerConfig>;

/** How a node's power is controlled, as the inventory holds it; validate it where it comes in. Of several the first is tried first. */
export const NodePower = Type.Union([PowerConfig, Type.Array(PowerConfig, { minItems: 1, maxItems: 4 })]);
export type NodePower = Type.Static<typeof NodePower>;

/** What is wrong with one that has not the shape of `NodePower`, for a person: of the driver that it names alone. */
export function powerProblems(power: unknown): string {
  if (Array.isArray(power) && (power.length === 0 || power.length > 4))
    return "it is one driver's, or a list of one to four";
  for (const config of Array.isArray(power) ? (power as unknown[]) : [power]) {
    if (hasShape(PowerConfig, config)) continue;
    const { driver } = typeof config === "object" && config !== null ? (config as { driver?: unknown }) : {};
    const schema = Object.entries(powerConfigs).find(([name]) => name === driver)?.[1];
    return schema ? problemsOf(schema, config) : `driver must be one of ${Object.keys(powerConfigs).join(", ")}`;
  }
  return problemsOf(NodePower, power);
}
