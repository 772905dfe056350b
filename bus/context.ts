import { access, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import Type from "typebox";
import { SiteName, UserName, hasShape, parseJson, problemsOf } from "../contracts/index.ts";

/** Where a site is and who we are there: what a context file holds. Paths in it are relative to the file. */
export const Context = Type.Object(
  {
    site: SiteName,
    url: Type.String({ pattern: "^(nats|tls)://" }),
    user: UserName,
    keyFile: Type.String({ minLength: 1 }),
    ca: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);
export type Context = Type.Static<typeof Context>;

/** Thrown when no context is found or it cannot be used; the message says where was looked and what to do. */
export class ContextError extends Error {
  readonly code = "context-unusable";
}

export interface ContextSearch {
  /** An explicit path (`--context`): nothing else is then looked at. */
  readonly path?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
}

/**
 * The context to use: `path`, else `REVEILLE_CONTEXT`, else `./.reveille/context.json`, else
 * `~/.config/reveille/context.json`. Throws ContextError.
 */
export async function findContext(search: ContextSearch): Promise<Context> {
  const asked = search.path ?? search.env["REVEILLE_CONTEXT"];
  if (asked) return readContext(resolve(search.cwd, asked));
  const usual = [
    join(search.cwd, ".reveille", "context.json"),
    join(search.home, ".config", "reveille", "context.json"),
  ];
  for (const path of usual) {
    if (await isThere(path)) return readContext(path);
  }
  throw new ContextError(
    `no context found: neither ${usual.join(" nor ")} is there; start a site with 'reveille up', or name a context ` +
      "with --context FILE or REVEILLE_CONTEXT",
  );
}

/** Reads one context file; throws ContextError. */
export async function readContext(path: string): Promise<Context> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new ContextError(`cannot read context ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const parsed = parseJson(text);
  if (!parsed.ok) throw new ContextError(`context ${path} is not JSON`);
  if (!hasShape(Context, parsed.value)) {
    throw new ContextError(`context ${path} is not valid: ${problemsOf(Context, parsed.value)}`);
  }
  const { ca, ...context } = parsed.value;
  const from = (file: string) => resolve(dirname(path), file);
  return { ...context, keyFile: from(context.keyFile), ...(ca === undefined ? {} : { ca: from(ca) }) };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
