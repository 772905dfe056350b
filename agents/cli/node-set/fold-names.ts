import { compareNaturally } from "./natural-order.ts";

/** A name parted at its last number. */
interface NumberedName {
  readonly digits: string;
  readonly value: number;
}
interface Family {
  readonly prefix: string;
  readonly suffix: string;
  readonly members: NumberedName[];
}

// At most 15 digits, which a number holds exactly; a longer run of digits is kept as letters are.
const lastNumber = /^(.*?)((?<!\d)\d{1,15})(\D*)$/u;

/**
 * Names as a node set that stands for exactly them: `pc[2-9,12],rack3-n[01-40]`, in natural order. Duplicates
 * collapse, leading zeros are kept, and of several numbers in a name the last is folded.
 */
export function foldNames(names: Iterable<string>): string {
  const families = new Map<string, Family>();
  const plain: string[] = [];
  for (const name of new Set(names)) {
    const [, prefix, digits, suffix] = lastNumber.exec(name) ?? [];
    if (prefix === undefined || digits === undefined || suffix === undefined) {
      plain.push(name);
      continue;
    }
    const key = `${prefix}[]${suffix}`;
    let family = families.get(key);
    if (!family) families.set(key, (family = { prefix, suffix, members: [] }));
    family.members.push({ digits, value: Number(digits) });
  }
  const folded = plain.map((name) => ({ orderedBy: name, text: name }));
  for (const family of families.values()) folded.push(foldFamily(family));
  folded.sort((a, b) => compareNaturally(a.orderedBy, b.orderedBy));
  return folded.map((entry) => entry.text).join(",");
}

function foldFamily({ prefix, suffix, members }: Family): { orderedBy: string; text: string } {
  members.sort((a, b) => a.value - b.value || a.digits.length - b.digits.length);
  const first = members[0]?.digits ?? "";
  const runs = runsOf(members);
  const text = members.length === 1 ? first : `[${runs.join(",")}]`;
  return { orderedBy: prefix + first + suffix, text: prefix + text + suffix };
}

/** `2-9`, `12`, and two in a row as `10,11`. */
function runsOf(members: readonly NumberedName[]): string[] {
  const runs: string[] = [];
  for (let start = 0, end = 0; start < members.length; start = end) {
    const first = members[start]?.digits ?? "";
    const width = first.startsWith("0") ? first.length : 1;
    end = start + 1;
    while (end < members.length && continues(members[end - 1], members[end], width)) end++;
    const last = members[end - 1]?.digits ?? "";
    if (end - start === 1) runs.push(first);
    else runs.push(end - start === 2 ? `${first},${last}` : `${first}-${last}`);
  }
  return runs;
}

function continues(before: NumberedName | undefined, next: NumberedName | undefined, width: number): boolean {
  return before !== undefined && next?.digits === String(before.value + 1).padStart(width, "0");
}
