/** What a script tells a machine to do first: as much of iPXE's language as the boot agent's scripts need. */
export type ScriptDeed =
  | { readonly kind: "chain"; readonly url: string }
  | { readonly kind: "disk" }
  | { readonly kind: "loader"; readonly bootUrl: string; readonly token: string };

/** Undefined for what is no script, or tells nothing that is known. */
export function readScript(script: string, mac: string): ScriptDeed | undefined {
  const [first, ...lines] = script.split("\n");
  if (first !== "#!ipxe") return undefined;
  for (const line of lines) {
    const [command = "", ...words] = expanded(line, mac).split(" ");
    if (command === "sanboot") return { kind: "disk" };
    if (command === "kernel") return loaderOf(words);
    const url = words.find((word) => word.startsWith("http://"));
    if (command === "chain" && url !== undefined) return { kind: "chain", url };
  }
  return undefined;
}

function expanded(line: string, mac: string): string {
  return line.replaceAll("${netX/mac:hexhyp}", mac.replaceAll(":", "-")).replaceAll("${netX/mac}", mac);
}

/** What the ramdisk finds on its kernel's command line. */
function loaderOf(words: readonly string[]): ScriptDeed | undefined {
  const valueOf = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const [bootUrl, token] = [valueOf("reveille.boot"), valueOf("reveille.token")];
  return bootUrl === undefined || token === undefined ? undefined : { kind: "loader", bootUrl, token };
}
