/** The names of nodes by what they have in common, in the order given; those of which `keyOf` says nothing are left out. */
export function gatherNodes<N extends { readonly node: string }>(
  nodes: readonly N[],
  keyOf: (node: N) => string | undefined,
): ReadonlyMap<string, string[]> {
  const gathered = new Map<string, string[]>();
  for (const node of nodes) {
    const key = keyOf(node);
    if (key === undefined) continue;
    const names = gathered.get(key);
    if (names) names.push(node.node);
    else gathered.set(key, [node.node]);
  }
  return gathered;
}
