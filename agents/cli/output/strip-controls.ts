import { stripVTControlCharacters } from "node:util";

const lineBreaksAndTabs = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;
// Cc: C0 and C1 controls; Cf: what reorders or hides text, such as U+202E.
const invisible = /[\p{Cc}\p{Cf}]/gu;

/**
 * One line of text that is safe on a terminal. Names and details come from BMCs and nodes: without this, one of them
 * could recolour the operator's screen, rewrite lines above, or set the clipboard.
 */
export function stripControls(text: string): string {
  return stripVTControlCharacters(text).replace(lineBreaksAndTabs, " ").replace(invisible, "");
}
