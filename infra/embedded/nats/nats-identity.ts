import { IdentitiesRefusedError } from "../errors.ts";
import { isUserPublicKey } from "./nkey.ts";

/** What an identity may do; whatever is not listed is refused. */
export interface NatsPermissions {
  /** Subjects, with wildcards where they are meant. */
  readonly publish: readonly string[];
  /** Subjects, or `"subject queue"`: that subject, in that queue group alone. */
  readonly subscribe: readonly string[];
}

/** Somebody who may connect: an agent or a person. */
export interface NatsIdentity {
  /** For the reader of the file; unique. */
  readonly name: string;
  /** The public half of its nkey, `U…`; unique. */
  readonly publicKey: string;
  readonly permissions: NatsPermissions;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
// A token is a wildcard, or printable ASCII without what ends a subject or a quoted string.
const TOKEN = /^(?:\*|[!#-)+-\-/-=?-[\]-~]+)$/;

/**
 * Refuses a set that the server would refuse, or take in another sense than it was meant.
 *
 * @throws IdentitiesRefusedError naming the identity and what is wrong with it.
 */
export function checkIdentities(identities: readonly NatsIdentity[]): void {
  const names = new Set<string>();
  const keys = new Set<string>();
  for (const { name, publicKey, permissions } of identities) {
    if (!NAME.test(name)) throw new IdentitiesRefusedError(`the name ${JSON.stringify(name)} is malformed`);
    if (!isUserPublicKey(publicKey)) throw new IdentitiesRefusedError(`${name} has no user's public key (U…)`);
    if (names.has(name)) throw new IdentitiesRefusedError(`${name} is listed twice`);
    if (keys.has(publicKey)) throw new IdentitiesRefusedError(`${name} has the public key of another`);
    names.add(name);
    keys.add(publicKey);
    for (const subject of permissions.publish) checkSubject(name, subject);
    for (const entry of permissions.subscribe) {
      const [subject = "", ...queue] = entry.split(" ");
      checkSubject(name, subject);
      if (queue.length > 1) throw new IdentitiesRefusedError(`${name} may not have ${JSON.stringify(entry)}`);
      for (const group of queue) checkSubject(name, group);
    }
  }
}

function checkSubject(name: string, subject: string): void {
  const tokens = subject.split(".");
  const isWellFormed = tokens.every((token, index) =>
    token === ">" ? index === tokens.length - 1 : TOKEN.test(token),
  );
  if (!isWellFormed) throw new IdentitiesRefusedError(`${name} has the malformed subject ${JSON.stringify(subject)}`);
}
