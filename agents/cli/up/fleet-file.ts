import Type from "typebox";
import {
  ExperimentName,
  ImageName,
  NodeNameInput,
  UserName,
  hasShape,
  parseJson,
  problemsOf,
} from "../../../contracts/index.ts";
import { type FaultName, faultNames } from "../../../infra/simulator/index.ts";

const Fault = Type.Enum([...faultNames] as [FaultName, ...FaultName[]]);

/** What `--fleet FILE` holds; any list may be empty or left out. */
export const FleetFile = Type.Object(
  {
    nodes: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: NodeNameInput,
            type: Type.Optional(NodeNameInput),
            circuit: Type.Optional(NodeNameInput),
            fault: Type.Optional(Type.Union([Fault, Type.Array(Fault)])),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    images: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: ImageName,
            sizeMiB: Type.Optional(Type.Integer({ minimum: 1 })),
            missing: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    experiments: Type.Optional(
      Type.Array(
        Type.Object(
          { name: ExperimentName, nodes: Type.Array(NodeNameInput), os: Type.Optional(ImageName) },
          { additionalProperties: false },
        ),
      ),
    ),
    users: Type.Optional(
      Type.Array(Type.Object({ name: UserName, projects: Type.Array(NodeNameInput) }, { additionalProperties: false })),
    ),
  },
  { additionalProperties: false },
);
export type FleetFile = Type.Static<typeof FleetFile>;

/** Thrown for a fleet file that cannot be used; the message says what is wrong and where. */
export class FleetFileError extends Error {
  readonly code = "fleet-file-unusable";
}

/** What a site is made of: the file's lists, none missing, and checked against each other. */
export interface SitePlan {
  readonly nodes: readonly {
    readonly name: string;
    readonly type: string;
    readonly circuit?: string;
    readonly faults: readonly FaultName[];
    readonly experiment?: string;
  }[];
  readonly images: readonly { readonly name: string; readonly sizeMiB: number; readonly isMissing: boolean }[];
  readonly experiments: readonly { readonly name: string; readonly os?: string }[];
  readonly users: readonly { readonly name: string; readonly projects: readonly string[] }[];
}

/** The size of a generated image unless the fleet says otherwise. */
const defaultImageMiB = 8;

/** The fleet of `--nodes N`: `pc1`…`pcN` without faults, the first half in experiment `demo/lab`, the rest free. */
export function defaultFleet(count: number): FleetFile {
  const nodes = Array.from({ length: count }, (_, index) => ({ name: `pc${index + 1}` }));
  const held = nodes.slice(0, Math.floor(count / 2)).map(({ name }) => name);
  return {
    nodes,
    images: [{ name: "base" }, { name: "missing", missing: true }],
    experiments: [{ name: "demo/lab", nodes: held, os: "base" }],
  };
}

/** Parses a fleet file's text; `path` is for the message. Throws FleetFileError. */
export function parseFleetFile(text: string, path: string): FleetFile {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new FleetFileError(`${path} is not JSON`);
  if (!hasShape(FleetFile, parsed.value)) {
    throw new FleetFileError(`${path} is not a fleet: ${problemsOf(FleetFile, parsed.value)}`);
  }
  return parsed.value;
}

/** Checks a fleet's lists against each other. Throws FleetFileError. */
export function planSite(fleet: FleetFile): SitePlan {
  const nodes = (fleet.nodes ?? []).map((node) => ({ ...node, name: node.name.toLowerCase() }));
  const twice = nodes.find(({ name }, index) => nodes.findIndex((other) => other.name === name) !== index);
  if (twice) throw new FleetFileError(`node ${twice.name} stands in the fleet twice`);
  const names = new Set(nodes.map(({ name }) => name));
  const experimentOf = new Map<string, string>();
  for (const experiment of fleet.experiments ?? []) {
    for (const node of experiment.nodes.map((name) => name.toLowerCase())) {
      if (!names.has(node)) throw new FleetFileError(`experiment ${experiment.name} names ${node}, which is no node`);
      const other = experimentOf.get(node);
      if (other !== undefined) throw new FleetFileError(`node ${node} is in ${other} and in ${experiment.name}`);
      experimentOf.set(node, experiment.name);
    }
  }
  return {
    nodes: nodes.map(({ name, type = "pc", circuit, fault = [] }) => {
      const experiment = experimentOf.get(name);
      return {
        name,
        type,
        ...(circuit === undefined ? {} : { circuit }),
        faults: Array.isArray(fault) ? fault : [fault],
        ...(experiment === undefined ? {} : { experiment }),
      };
    }),
    images: (fleet.images ?? []).map(({ name, sizeMiB = defaultImageMiB, missing = false }) => ({
      name,
      sizeMiB,
      isMissing: missing,
    })),
    experiments: (fleet.experiments ?? []).map(({ name, os }) => ({ name, ...(os === undefined ? {} : { os }) })),
    users: fleet.users ?? [],
  };
}
