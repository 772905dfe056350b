import { type ReloadArgs, settingsWith } from "../../contracts/index.ts";
import type { AdmissionDecision, AdmissionFacts, AdmittedRun, ImageRow, NodeFacts } from "../../infra/db/index.ts";
import { type Refusal, maxFailuresOf, named, refuse, refuseSelection } from "../runtime/commands/refuse-selection.ts";
import { estimatedLoadSeconds } from "../runtime/load-times.ts";
import { mayDo } from "../runtime/rights.ts";
import { unstartedResult } from "../runtime/commands/unstarted-result.ts";
import { namedImages } from "./steps/arm.ts";

/** A reload, as admission sees it. */
export interface ReloadCommand {
  readonly args: ReloadArgs;
  readonly hasParent: boolean;
}

/** What the site knows of the images that a reload is about. */
export interface ImageFacts {
  readonly images: ReadonlyMap<string, ImageRow>;
  /** How many nodes load each image already. */
  readonly loads: ReadonlyMap<string, number>;
}

/** The images that a command may need: those it names, or else the default ones of its nodes' types. */
export function wantedImages({ args }: ReloadCommand, { nodes }: AdmissionFacts): readonly string[] {
  const defaults = nodes.flatMap(({ defaultImage }) => (defaultImage === null ? [] : [defaultImage]));
  return [...new Set(namedImages(args) ?? defaults)];
}

/**
 * Whether a reload is admitted, pure. All or nothing: one unknown node or image, one without the right to it, one image
 * that too many nodes would load at once, and nothing is touched. What means nothing to a node ends that node at once.
 */
export function decideAdmission(
  command: ReloadCommand,
  facts: AdmissionFacts,
  more: ImageFacts,
  now: string,
): AdmissionDecision {
  const { args } = command;
  const refusal =
    refuseContradiction(args) ??
    refuseSelection(args, facts, (node) => mayDo("reload", facts, node, command)) ??
    refuseImages(command, facts, more.images);
  if (refusal) return refusal;
  const byName = (a: NodeFacts, b: NodeFacts) => (a.node < b.node ? -1 : 1);
  const sorted = [...facts.nodes].sort(byName);
  const runs = sorted.map((node) => runOf(command, node, more.images, now));
  const loading = sorted.filter((_, index) => !runs[index]?.result);
  const limit = refuseMissingDefault(args, loading) ?? refuseLimit(args, loading, more);
  if (limit) return limit;
  const maxFailures = maxFailuresOf(args.maxFailures, runs.length);
  return { kind: "admit", runs, ...(maxFailures === undefined ? {} : { maxFailures }) };
}

function refuseContradiction({ imageid, images, noreboot, waitmode = "none" }: ReloadArgs): Refusal | undefined {
  if (imageid !== undefined && images !== undefined) {
    return refuse("malformed-arguments", "give imageid or images, not both");
  }
  if (noreboot && waitmode !== "none") {
    return refuse("malformed-arguments", "with noreboot there is nothing to wait for: whoever asks reboots the nodes");
  }
  return undefined;
}

/** The default image is the site's choice for everybody; one that is named must be open to whoever names it. */
function refuseImages(
  command: ReloadCommand,
  facts: AdmissionFacts,
  images: ReadonlyMap<string, ImageRow>,
): Refusal | undefined {
  const wanted = wantedImages(command, facts);
  const unknown = wanted.filter((name) => !images.has(name));
  if (unknown.length > 0) return refuse("image-unknown", `there is no image ${named(unknown)}`);
  const closed = namedImages(command.args)?.filter((name) => !mayRead(facts, images.get(name))) ?? [];
  if (closed.length > 0)
    return refuse("permission-denied", `${facts.user.user} has no right to image ${named(closed)}`);
  const unready = wanted.filter((name) => images.get(name)?.state !== "ready");
  if (unready.length > 0) return refuse("image-unknown", `image ${named(unready)} is not ready to be loaded`);
  return undefined;
}

function mayRead({ user }: AdmissionFacts, image: ImageRow | undefined): boolean {
  if (!image) return false;
  // An agent's parent was admitted by an agent that has checked this for the person who asked.
  if (user.isAdmin || user.kind === "agent" || image.visibility === "public") return true;
  return image.project !== null && user.projects.includes(image.project);
}

function refuseMissingDefault(args: ReloadArgs, loading: readonly NodeFacts[]): Refusal | undefined {
  if (namedImages(args)) return undefined;
  const without = loading.filter(({ defaultImage }) => defaultImage === null).map(({ node }) => node);
  return without.length === 0
    ? undefined
    : refuse("image-unknown", `name an image: the type of ${named(without)} has no default one`);
}

function refuseLimit(
  args: ReloadArgs,
  loading: readonly NodeFacts[],
  { images, loads }: ImageFacts,
): Refusal | undefined {
  const wanted = new Map<string, number>();
  for (const { defaultImage } of loading) {
    const names = namedImages(args) ?? (defaultImage === null ? [] : [defaultImage]);
    for (const name of new Set(names)) wanted.set(name, (wanted.get(name) ?? 0) + 1);
  }
  for (const [name, count] of wanted) {
    const limit = images.get(name)?.maxConcurrentLoads ?? null;
    const already = loads.get(name) ?? 0;
    if (limit === null || already + count <= limit) continue;
    return refuse(
      "image-load-limit",
      `${name} may be loaded by ${limit} nodes at a time; ${already} do, and ${count} are asked for`,
    );
  }
  return undefined;
}

function runOf(
  { args }: ReloadCommand,
  node: NodeFacts,
  rows: ReadonlyMap<string, ImageRow>,
  now: string,
): AdmittedRun {
  if (node.host !== null) return { node: node.node, result: unstartedResult("not-applicable", "virtual-node", now) };
  if (!node.isImageable) return { node: node.node, result: unstartedResult("skipped", "type-not-imageable", now) };
  if (node.mac === null) return { node: node.node, result: unstartedResult("failed", "not-network-bootable", now) };
  const images = namedImages(args) ?? (node.defaultImage === null ? [] : [node.defaultImage]);
  const fileBytes = images.reduce((sum, image) => sum + (rows.get(image)?.fileBytes ?? 0), 0);
  const estimateS = Math.ceil(estimatedLoadSeconds(settingsWith(node.settings), fileBytes));
  return { node: node.node, images, plan: `load ${images.join(", then ")}`, estimateS };
}
