import pc from "picocolors";
import type { OperationEnd, Reveille } from "../../../bus/index.ts";
import { type NodeResult, adviceOf } from "../../../contracts/index.ts";
import { foldNames } from "../node-set/fold-names.ts";
import { foldSummary } from "../output/fold-summary.ts";
import type { EmbeddedSite } from "../up/start-site.ts";
import { findDifferingDisks } from "./compare-disks.ts";
import { type Scene, endOf } from "./scenes.ts";

export interface Stage {
  readonly reveille: Reveille;
  readonly site: EmbeddedSite;
  readonly say: (line?: string) => void;
}

/** Asks for a scene's work, prints each node's result as it comes, and gives what did not end as planned. */
export async function play(scene: Scene, stage: Stage): Promise<readonly string[]> {
  const { reveille, say } = stage;
  say(pc.dim(`   ${scene.about}`));
  for (const line of (await scene.preview?.(reveille)) ?? []) say(`   plan: ${line}`);
  const beganAt = performance.now();
  const sinceThen = () => `${((performance.now() - beganAt) / 1_000).toFixed(1)} s`;
  const operation = await scene.ask(reveille, [...scene.nodelist]);
  if (operation.refusal) return [`refused, ${operation.refusal.reason}: ${operation.refusal.detail}`];
  for await (const event of operation) {
    if (event.kind === "result") say(lineOf(event.node, event.result, sinceThen()));
  }
  const end = await operation.wait();
  for (const line of [`code ${codeOf(end)}, in ${sinceThen()}`, ...foldSummary(end.results, pc)]) say(`   ${line}`);
  return [...surprisesOf(scene, end), ...(await surprisesOnDisk(scene, end, stage))];
}

function lineOf(node: string, result: NodeResult, time: string): string {
  const isGood = result.status === 0;
  const mark = isGood ? pc.green("✓") : pc.red("✗");
  const advice = isGood ? "" : pc.dim(` — ${adviceOf(result.reason)}`);
  return ` ${mark} ${node.padEnd(5)} ${pc.dim(time.padStart(6))}  ${endOf(result)}${advice}`;
}

/** The code, and of a setup whether to try again. */
function codeOf({ code, retry }: OperationEnd): string {
  return `${code}${retry === undefined ? "" : `, another try ${retry === "futile" ? "is futile" : "may help"}`}`;
}

function surprisesOf(scene: Scene, { code, retry, results }: OperationEnd): string[] {
  const compared = [
    ["code", String(scene.code), String(code)],
    ["retry", scene.retry ?? "none", retry ?? "none"],
    ...scene.nodelist.map((node) => [node, scene.ends[node] ?? scene.ends.others, endOf(results[node])] as const),
  ] as const;
  return compared.flatMap(([what, planned, seen]) =>
    planned === seen ? [] : [`${what}: planned '${planned}', seen '${seen}'`],
  );
}

/** Whoever was loaded has the image's bytes on its disk, whatever was said of it. */
async function surprisesOnDisk({ loads, nodelist }: Scene, end: OperationEnd, stage: Stage): Promise<string[]> {
  if (loads === undefined) return [];
  const loaded = nodelist.filter((node) => end.results[node]?.status === 0);
  const differing = await findDifferingDisks(stage, loaded, loads);
  if (differing.length === 0) stage.say(`   the disks of ${foldNames(loaded)} hold ${loads}, byte for byte`);
  return differing.map((node) => `${node}: its disk does not hold ${loads}`);
}
