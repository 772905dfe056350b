import { seal } from "../../../infra/secrets/index.ts";
import { RefusedError } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import type { Surroundings } from "../surroundings.ts";
import { readSealingKey } from "./read-entries.ts";

/** IPMI 2.0 §22.30: a user's password has at most 20 bytes. */
const maxPasswordBytes = 20;

/** Seals each node's BMC password to the reboot agent's key: nobody else, the registry included, can open it. Throws RefusedError. */
export async function sealPasswords(
  coordinator: Pick<Coordinator, "query">,
  passwords: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const key = await readSealingKey(coordinator);
  if (key === undefined) {
    throw new RefusedError("no-agent-listening", "no reboot agent has told the key to which BMC passwords are sealed");
  }
  return new Map([...passwords].map(([node, password]) => [node, seal(key, password, node)]));
}

/** One password, from a file or (`-`) stdin: its first line. Throws RefusedError. */
export async function readPassword(file: string, ports: Pick<Surroundings, "readFile" | "readStdin">): Promise<string> {
  const [password = ""] = (await readText(file, ports)).split(/\r?\n/u);
  return checked(password, file);
}

/** Passwords of many nodes: a line each, the node's name, white space and the password. Throws RefusedError. */
export async function readPasswords(
  file: string,
  ports: Pick<Surroundings, "readFile" | "readStdin">,
): Promise<ReadonlyMap<string, string>> {
  const lines = (await readText(file, ports)).split(/\r?\n/u);
  const passwords = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const [, node, password = ""] = /^\s*(\S+)\s(.*)$/u.exec(line) ?? [];
    if (node === undefined)
      throw new RefusedError("malformed-arguments", `${file}:${index + 1}: NODE PASSWORD is needed`);
    passwords.set(node.toLowerCase(), checked(password, `${file}:${index + 1}`));
  }
  return passwords;
}

async function readText(file: string, ports: Pick<Surroundings, "readFile" | "readStdin">): Promise<string> {
  try {
    return await (file === "-" ? ports.readStdin() : ports.readFile(file));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RefusedError("malformed-arguments", `cannot read passwords from ${file}: ${why}`);
  }
}

/** The message never holds the password. */
function checked(password: string, place: string): string {
  const bytes = Buffer.byteLength(password);
  if (bytes >= 1 && bytes <= maxPasswordBytes) return password;
  throw new RefusedError("malformed-arguments", `${place}: a BMC password has 1 to ${maxPasswordBytes} bytes`);
}
