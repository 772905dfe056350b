import assert from "node:assert/strict";
import { test } from "node:test";
import { type ImageFacts, type ReloadCommand, decideAdmission } from "../../../agents/reload/admission.ts";
import type { ReloadArgs } from "../../../contracts/index.ts";
import type { AdmissionFacts, ImageRow, NodeFacts, UserFacts } from "../../../infra/db/index.ts";

const now = "2030-01-02T03:04:05.678Z";
const admin: UserFacts = { user: "admin", kind: "person", isAdmin: true, projects: [] };
const ann: UserFacts = { user: "ann", kind: "person", isAdmin: false, projects: ["demo"] };
const setup: UserFacts = { user: "setup", kind: "agent", isAdmin: false, projects: [] };

function nodeNamed(node: string, more: Partial<NodeFacts> = {}): NodeFacts {
  const type = { isRebootable: true, isImageable: true, defaultImage: "base", settings: {} };
  return { node, ...type, project: "demo", isFreed: false, host: null, mac: "02:00:00:00:00:01", disk: null, ...more };
}

function imageNamed(image: string, more: Partial<ImageRow> = {}): ImageRow {
  const files = { rawBytes: 8, fileBytes: 4, fileModifiedMs: 1, fileSha256: "a", manifestSha256: "b", rawSha256: "c" };
  const open = { project: null, visibility: "public", state: "ready", partition: null, partitions: [] } as const;
  return { image, ...open, ...files, maxConcurrentLoads: null, addedBy: "ann", ...more };
}

interface Case {
  readonly args?: ReloadArgs;
  readonly hasParent?: boolean;
  readonly user?: UserFacts;
  readonly nodes?: readonly NodeFacts[];
  readonly images?: readonly ImageRow[];
  readonly loads?: Readonly<Record<string, number>>;
}

/** What becomes of each node, as `node` or `node: outcome reason`. */
function fatesOf(given: Case): readonly string[] {
  const { user = ann, nodes = [nodeNamed("pc1")], images = [imageNamed("base")], loads = {} } = given;
  const facts: AdmissionFacts = { user, nodes, unknown: [], isExperimentKnown: true };
  const more: ImageFacts = {
    images: new Map(images.map((image) => [image.image, image])),
    loads: new Map(Object.entries(loads)),
  };
  const command: ReloadCommand = { args: given.args ?? { nodelist: ["pc1"] }, hasParent: given.hasParent ?? false };
  const decision = decideAdmission(command, facts, more, now);
  if (decision.kind === "refuse") return [`refused: ${decision.reason}`];
  return decision.runs.map(({ node, result }) => (result ? `${node}: ${result.outcome} ${result.reason}` : node));
}

const named = (...images: string[]): ReloadArgs => ({ nodelist: ["pc1"], images });
const foreign = [nodeNamed("pc1", { project: "other" })];
const privateOf = (project: string) => [imageNamed("theirs", { project, visibility: "project" })];
const limited = [imageNamed("base", { maxConcurrentLoads: 3 })];

const table: readonly (readonly [title: string, given: Case, ...fates: string[]])[] = [
  ["a user loads what is of their project", {}, "pc1"],
  ["a user has no right to another's node", { nodes: foreign }, "refused: permission-denied"],
  ["an admin loads any node", { nodes: foreign, user: admin }, "pc1"],
  ["an agent loads on behalf of a parent", { nodes: foreign, user: setup, hasParent: true }, "pc1"],
  ["an agent loads nothing by itself", { user: setup }, "refused: permission-denied"],
  [
    "nodes and an experiment at once",
    { args: { nodelist: ["pc1"], experiment: "demo/lab" } },
    "refused: malformed-arguments",
  ],
  [
    "an image and a list of images at once",
    { args: { ...named("base"), imageid: "base" } },
    "refused: malformed-arguments",
  ],
  [
    "noreboot with a wait",
    { args: { nodelist: ["pc1"], noreboot: true, waitmode: "booted" } },
    "refused: malformed-arguments",
  ],
  ["an unknown image", { args: named("nowhere") }, "refused: image-unknown"],
  [
    "an image that is still being added",
    { images: [imageNamed("base", { state: "adding" })] },
    "refused: image-unknown",
  ],
  ["another project's image", { args: named("theirs"), images: privateOf("other") }, "refused: permission-denied"],
  ["one's own project's image", { args: named("theirs"), images: privateOf("demo") }, "pc1"],
  ["another project's image for an admin", { args: named("theirs"), images: privateOf("other"), user: admin }, "pc1"],
  [
    "no image named, and a type without a default",
    { nodes: [nodeNamed("pc1", { defaultImage: null })] },
    "refused: image-unknown",
  ],
  [
    "a named image, and a type without a default",
    { args: named("base"), nodes: [nodeNamed("pc1", { defaultImage: null })] },
    "pc1",
  ],
  ["a virtual node", { nodes: [nodeNamed("vm1", { host: "pc1" })] }, "vm1: not-applicable virtual-node"],
  [
    "a node of a type that takes no image",
    { nodes: [nodeNamed("pc1", { isImageable: false })] },
    "pc1: skipped type-not-imageable",
  ],
  ["a node without a MAC address", { nodes: [nodeNamed("pc1", { mac: null })] }, "pc1: failed not-network-bootable"],
  ["nodes by name, whatever their order", { nodes: [nodeNamed("pc2"), nodeNamed("pc1")] }, "pc1", "pc2"],
  ["as many nodes as an image allows", { images: limited, loads: { base: 2 } }, "pc1"],
  ["more nodes than an image allows", { images: limited, loads: { base: 3 } }, "refused: image-load-limit"],
  [
    "more than it allows, for an admin too",
    { images: limited, loads: { base: 3 }, user: admin },
    "refused: image-load-limit",
  ],
  [
    "nodes that end at once, uncounted by the limit",
    { images: limited, loads: { base: 2 }, nodes: [nodeNamed("pc1"), nodeNamed("vm1", { host: "pc9" })] },
    "pc1",
    "vm1: not-applicable virtual-node",
  ],
];
for (const [title, given, ...fates] of table) {
  test(`${title} → ${fates.join(", ")}`, () => assert.deepEqual(fatesOf(given), fates));
}

test("types with different default images load each their own, each within its own limit", () => {
  const nodes = [nodeNamed("pc1"), nodeNamed("pc2", { defaultImage: "big" })];
  const images = [imageNamed("base", { maxConcurrentLoads: 1 }), imageNamed("big", { maxConcurrentLoads: 1 })];
  assert.deepEqual(fatesOf({ nodes, images }), ["pc1", "pc2"]);
  assert.deepEqual(fatesOf({ nodes, images, loads: { big: 1 } }), ["refused: image-load-limit"]);
});
