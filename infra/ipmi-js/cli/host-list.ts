/** A host as the command line names it. */
export interface Host {
  /** As written, port included: what its line of output begins with. */
  readonly name: string;
  readonly address: string;
  readonly port: number | undefined;
}

/** What is wrong with a list of hosts, for people. */
export class HostListError extends Error {}

const MAX_HOSTS = 100_000;

/**
 * Reads hosts as FreeIPMI writes them: `10.0.[1-4].[1-250]`, `rack3-n[01-40,42]`, `host:port`, `[::1]:623`, separated
 * by commas or white space. Leading zeros are kept, repeated hosts are named once, in the order written.
 *
 * @throws HostListError
 */
export function parseHostList(text: string): readonly Host[] {
  const names = new Set<string>();
  for (const item of splitItems(text)) for (const name of expandItem(item)) names.add(name);
  if (names.size === 0) throw new HostListError("no host is named; give at least one");
  return [...names].map(parseHost);
}

/** Splits at commas and white space outside brackets. */
function splitItems(text: string): readonly string[] {
  return text.match(/(?:\[[^\]]*\]|[^\s,[\]])+|[[\]]/g) ?? [];
}

function expandItem(item: string): readonly string[] {
  const bracket = /\[([^\]]*)\]/.exec(item);
  if (bracket === null) {
    if (/[[\]]/.test(item)) throw new HostListError(`"${item}" has a bracket without its other half`);
    return [item];
  }
  const [whole, inside = ""] = bracket;
  if (inside.includes(":")) return [item];
  const before = item.slice(0, bracket.index);
  const rests = expandItem(item.slice(bracket.index + whole.length) || "").map((rest) => rest);
  const numbers = inside.split(",").flatMap((range) => expandRange(range, item));
  if (numbers.length * rests.length > MAX_HOSTS) throw new HostListError(`"${item}" is more than ${MAX_HOSTS} hosts`);
  return numbers.flatMap((number) => rests.map((rest) => before + number + rest));
}

function expandRange(range: string, item: string): readonly string[] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(range.trim());
  const first = match?.[1];
  if (first === undefined) throw new HostListError(`"${range}" in "${item}" is no number or range of numbers`);
  const from = Number(first);
  const to = Number(match?.[2] ?? first);
  if (to < from) throw new HostListError(`"${range}" in "${item}" runs backwards`);
  if (to - from >= MAX_HOSTS) throw new HostListError(`"${range}" in "${item}" is more than ${MAX_HOSTS} hosts`);
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(first.length, "0"));
}

function parseHost(name: string): Host {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(name);
  const isBareIpv6 = bracketed === null && name.indexOf(":") !== name.lastIndexOf(":");
  const match = bracketed ?? (isBareIpv6 ? [name, name] : /^([^:]+)(?::(\d+))?$/.exec(name));
  const address = match?.[1];
  if (address === undefined) throw new HostListError(`"${name}" is no host, and no host:port`);
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (port !== undefined && (port < 1 || port > 65_535)) throw new HostListError(`"${name}" has no such port`);
  return { name, address, port };
}
