import { type NodeResult, type StepEvent, adviceOf } from "../../../contracts/index.ts";
import type { Colours } from "./colours.ts";
import { stripControls } from "./strip-controls.ts";

/** What became of a node in a few words, without its name: `succeeded via ssh` (short: `succeeded`), `failed bmc-unreachable`, `on`. */
export function headlineOf(result: NodeResult, options: { isShort?: boolean } = {}): string {
  const powerState = result.reason === "power-state-read" ? result.evidence?.powerReadBack?.at(-1) : undefined;
  if (powerState !== undefined) return powerState;
  if (result.status === 1) return `${result.outcome} ${result.reason}`;
  return result.via === undefined || options.isShort ? result.outcome : `${result.outcome} via ${result.via}`;
}

/** One node's line: `pc10: failed bmc-unreachable — nothing answers at 10.0.0.10`. */
export function formatResult(node: string, result: NodeResult, colours: Colours): string {
  const explanation = explanationOf(result);
  const tail = explanation === "" ? "" : ` — ${explanation}`;
  return `${stripControls(node)}: ${colourOf(result, colours)(headlineOf(result))}${tail}`;
}

/** A step of a node's run, as `--debug` shows it: `pc1: ssh/ssh-reboot (attempt 1)`. */
export function formatStep(event: StepEvent): string {
  const detail = event.detail === undefined ? "" : ` — ${event.detail}`;
  return stripControls(`${event.at} ${event.node}: ${event.phase}/${event.step} (attempt ${event.attempt})${detail}`);
}

export function colourOf(result: NodeResult, colours: Colours): (text: string) => string {
  if (result.status === 0) return colours.green;
  return result.outcome === "failed" ? colours.red : colours.yellow;
}

function explanationOf(result: NodeResult): string {
  if (result.status === 0) return result.reason === "power-state-read" ? "" : result.reason;
  return stripControls(result.detail ?? adviceOf(result.reason));
}
